import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { ServiceKind } from '../../apps/cli/dist/up/service-kinds.js';
import { programOf } from '../../apps/cli/dist/up/service-kinds.js';
import { ask, until, type Answer } from './ask.ts';

/** One service as built, as a process of its own that nobody starts again. */
export interface SingleService {
  readonly kind: ServiceKind;
  readonly url: string;
  /** How it ended; undefined while it lives. */
  readonly ended: () => string | undefined;
  readonly output: () => string;
  stop(): Promise<void>;
}

const root = join(import.meta.dirname, '..', '..');

/** Resolves when it listens; whether it is ready is another question. `env` is all that it is told of its surroundings. */
export async function startService(kind: ServiceKind, env: NodeJS.ProcessEnv): Promise<SingleService> {
  const { MILLRACE_KAFKA_BROKERS: _b, DATABASE_URL: _d, ...inherited } = process.env;
  const child: ChildProcess = spawn(process.execPath, [programOf(kind)], {
    cwd: root,
    env: { ...inherited, NODE_COMPILE_CACHE: join(root, '.millrace', 'compiled'), ...env, PORT: '0' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout!, child.stderr!])
    stream.setEncoding('utf8').on('data', (text) => (output += text));
  const closed = once(child, 'exit');
  const ended = (): string | undefined =>
    child.exitCode === null && child.signalCode === null ? undefined : `${child.signalCode ?? child.exitCode}`;
  const stop = async (): Promise<void> => {
    if (ended() === undefined) child.kill('SIGTERM');
    await closed;
  };
  const url = await until(`${kind} to listen`, async () => /"url":"(http:[^"]+)"/.exec(output)?.[1]).catch(
    async (cause: unknown) => {
      await stop();
      throw new Error(`Expected ${kind} to listen, but it said: ${output.slice(-2_000)}`, { cause });
    },
  );
  return { kind, url, ended, output: () => output, stop };
}

/** The answer of /readyz once it matches; `words` are looked for in everything that the checks say. */
export function readinessOf(
  { kind, url }: SingleService,
  status: 200 | 503,
  words = /^/,
  withinMs?: number,
): Promise<Answer> {
  let last = '';
  return until(
    `${kind} to answer ${status}${words.source === '^' ? '' : ` and ${words}`}`,
    async () => {
      const answer = await ask(`${url}/readyz`);
      last = JSON.stringify(answer.body);
      if (answer.status === status && words.test(last)) return answer;
      throw new Error(`It answered ${answer.status}: ${last}`);
    },
    withinMs,
  );
}
