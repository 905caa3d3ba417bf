import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** A process that started a server and can be killed without warning. */
export interface OtherProcess {
  readonly serverPid: number;
  /** SIGKILL; resolves when it is gone. */
  readonly kill: () => Promise<void>;
}

/** Lets plain Node follow this library's own imports, which name the compiled files, to the TypeScript sources beside them. */
const sourcesForNode = `data:text/javascript,${encodeURIComponent(`
  import { registerHooks } from 'node:module';
  registerHooks({ resolve: (name, context, next) => next(/^\\.\\/.*\\.js$/.test(name) && context.parentURL?.endsWith('.ts')
    ? name.replace(/js$/, 'ts') : name, context) });`)}`;

/** Runs TypeScript-importing code in a Node of its own; `folder` is the library's source folder as a literal. */
export function nodeWithSources(script: (folder: string) => string): string[] {
  const folder = JSON.stringify(join(import.meta.dirname, '..'));
  return [
    '--experimental-transform-types',
    '--disable-warning=ExperimentalWarning',
    '--import',
    sourcesForNode,
    '--input-type=module',
    '-e',
    script(folder),
  ];
}

/** Starts an embedded server from a process of its own; resolves with the server's pid, at most after 60 seconds. */
export function startInOtherProcess(
  server: 'EmbeddedKafka' | 'EmbeddedPostgres',
  options: object,
): Promise<OtherProcess> {
  const args = nodeWithSources(
    (folder) => `const { ${server} } = await import(${folder} + '/index.ts');
      const server = await ${server}.start(${JSON.stringify(options)});
      console.log('pid=' + server.pid + ';'); setInterval(() => {}, 1000);`,
  );
  const child = spawn(process.execPath, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 60_000,
    killSignal: 'SIGKILL',
  });
  const exited = once(child, 'exit');
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL');
    await exited;
  };
  return new Promise((resolve, reject) => {
    let output = '';
    const read = (chunk: Buffer): void => {
      output += chunk.toString();
      const pid = /pid=(\d+);/.exec(output)?.[1];
      if (pid !== undefined) resolve({ serverPid: Number(pid), kill });
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.once('exit', (code) =>
      reject(new Error(`Expected the server's starter to live, but it ended with ${code}: ${output}`)),
    );
  });
}
