import { execFileSync, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const version = '4.32.5';
const root = join(import.meta.dirname, '../..');
const venv = join(root, '.tools', 'schemathesis');
const program = join(venv, 'bin', 'schemathesis');
const checks = 'not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance';
const usage = 'Expected: npm run schemathesis -- [--examples N] [--seed S] [--ingest URL --query URL]';

function refuse(why: string): never {
  console.error(why);
  process.exit(2);
}

/** Installs what is missing. Where there is no Python, says so in a sentence and ends with 6. */
function install(): void {
  if (existsSync(program)) return;
  try {
    execFileSync('python3', ['-c', 'import sys, venv; sys.exit(sys.version_info < (3, 10))'], { stdio: 'ignore' });
  } catch {
    console.error(
      'Expected Python 3.10 or newer as python3, with its module venv, but there is none: nothing was checked.',
    );
    process.exit(6);
  }
  execFileSync('python3', ['-m', 'venv', venv], { stdio: 'inherit' });
  execFileSync(join(venv, 'bin', 'pip'), ['install', '--quiet', `schemathesis==${version}`], { stdio: 'inherit' });
}

function check(schema: string, url: string, examples: string, seed: string): Promise<number> {
  const args = [
    'run',
    schema,
    '--url',
    url,
    '--checks',
    checks,
    '--max-examples',
    examples,
    '--seed',
    seed,
    '--no-color',
  ];
  const child = spawn(program, [...args, '--request-timeout', '40'], { stdio: 'inherit', cwd: venv });
  return new Promise((resolve) => void child.once('close', (code) => resolve(code ?? 1)));
}

async function checkAll(
  urls: readonly (readonly [kind: string, url: string])[],
  examples: string,
  seed: string,
): Promise<number> {
  let failed = 0;
  for (const [kind, url] of urls) {
    console.error(`${kind}: seed ${seed}, at most ${examples} examples of each operation`);
    failed += await check(`${url}/openapi.json`, url, examples, seed);
  }
  return failed;
}

async function checkOwnSystem(examples: string, seed: string): Promise<number> {
  const { startLocalSystem } = await import('../support/local-system.ts');
  const handlers = [fileURLToPath(new URL('../support/handlers.mjs', import.meta.url))];
  const system = await startLocalSystem({
    handlers,
    replicas: { ingest: 1, dispatcher: 1, projector: 1, query: 1, worker: 1 },
  });
  try {
    const query = system.urls.query[0]!;
    return await checkAll(
      [
        ['ingest', system.apiUrl],
        ['query', query],
      ],
      examples,
      seed,
    );
  } finally {
    await system.stop();
  }
}

const { values } = parseArgs({
  options: {
    examples: { type: 'string', default: '50' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    ingest: { type: 'string' },
    query: { type: 'string' },
  },
});
const { examples, seed, ingest, query } = values;
if (!(Number.isSafeInteger(Number(examples)) && Number(examples) >= 1))
  refuse(`--examples is a whole number of at least 1. ${usage}`);
if (!Number.isSafeInteger(Number(seed))) refuse(`--seed is a whole number. ${usage}`);

install();
const given = Object.entries({ ingest, query }).flatMap(([kind, url]) =>
  url === undefined ? [] : [[kind, url] as const],
);
const failed = given.length > 0 ? await checkAll(given, examples, seed) : await checkOwnSystem(examples, seed);
console.error(failed > 0 ? `seed ${seed}: something is wrong, see above` : `seed ${seed}: nothing is wrong`);
process.exit(failed > 0 ? 1 : 0);
