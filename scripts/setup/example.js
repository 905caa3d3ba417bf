import { once } from 'node:events';
import { existsSync, mkdirSync, openSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { become, spawnLeashed } from './child.js';
import { Obstacle } from './obstacle.js';
import { prepareAll } from './prepare.js';
import { step } from './progress.js';
import { root } from './root.js';

const examples = join(root, 'examples');
const readyMs = 60_000;

/**
 * `npm run example -- 07`: runs the `main.js` of an example, with a worker for its handlers, on the system that `npm start` or
 * `millrace up` runs here, or else on one of its own that is stopped afterwards; `--stay` leaves all up until Ctrl-C, to look
 * around in. Other arguments go to the example. Resolves with its exit code.
 */
export async function example([number, ...args]) {
  const folder = folderOf(number);
  await prepareAll();
  const { readSystemFile } = await import(join(root, 'apps', 'cli', 'dist', 'up', 'system-file.js'));
  const dataDir = join(root, '.millrace', 'data');
  const running = readSystemFile(dataDir);
  const own = running === undefined ? await startSystem(dataDir) : undefined;
  const env = { ...process.env, ...addressesOf(running ?? own) };
  const worker = await startWorker(folder, env, join(dataDir, 'logs', 'example-worker.log'));
  try {
    if (worker !== undefined) await step('Worker', worker.ready);
    const stays = args.includes('--stay');
    const main = join(folder, 'dist', 'main.js');
    const code = await become(process.execPath, [main, ...args.filter((arg) => arg !== '--stay')], { env });
    if (stays) await untilAsked(env.MILLRACE_URL);
    return code;
  } finally {
    await stopWorker(worker?.child);
    await own?.stop();
  }
}

function folderOf(number = '') {
  const all = readdirSync(examples).filter((name) => /^\d\d-/.test(name));
  const found = all.find((name) => name === number || name.startsWith(`${number.padStart(2, '0')}-`));
  if (found === undefined)
    throw new Obstacle(`Expected the number of an example, but got "${number}". There are: ${all.join(', ')}.`);
  return join(examples, found);
}

async function startSystem(dataDir) {
  const { LocalSystem } = await import(join(root, 'apps', 'cli', 'dist', 'up', 'local-system.js'));
  const system = new LocalSystem({
    dataDir,
    replicas: { worker: 0 },
    prefix: process.env.MILLRACE_TOPICS_PREFIX || 'millrace',
    brokers: process.env.MILLRACE_KAFKA_BROKERS || undefined,
    databaseUrl: process.env.DATABASE_URL || undefined,
  });
  await step('Millrace', () => system.start().catch(obstacleOf));
  return system;
}

function obstacleOf(error) {
  if (error.name !== 'FolderLockedError') throw error;
  throw new Obstacle(
    `Another system starts or stops in this checkout (process ${error.pid}): wait for it and run this again.`,
  );
}

function addressesOf({ apiUrl, brokers, databaseUrl, topicsPrefix, prefix }) {
  return {
    MILLRACE_URL: apiUrl,
    MILLRACE_KAFKA_BROKERS: brokers,
    MILLRACE_TOPICS_PREFIX: topicsPrefix ?? prefix,
    DATABASE_URL: databaseUrl,
  };
}

/** None for an example without handlers of this kind. */
async function startWorker(folder, env, logFile) {
  const handlers = join(folder, 'dist', 'handlers.js');
  if (!existsSync(handlers)) return undefined;
  const { freePort } = await import(join(root, 'libs', 'embedded', 'dist', 'index.js'));
  const { waitUntilReady } = await import(join(root, 'apps', 'cli', 'dist', 'up', 'wait-until-ready.js'));
  const port = await freePort();
  mkdirSync(join(logFile, '..'), { recursive: true });
  const log = openSync(logFile, 'a');
  const child = spawnLeashed(process.execPath, [join(root, 'apps', 'worker', 'dist', 'main.js')], {
    env: { ...env, MILLRACE_WORKER_HANDLERS: handlers, PORT: String(port) },
    stdio: ['ignore', log, log],
  });
  const awaited = { name: 'the worker', url: `http://127.0.0.1:${port}`, logFile, restarts: () => 0 };
  const ended = new AbortController();
  child.once('exit', (code) =>
    ended.abort(new Obstacle(`Expected the worker to serve the example, but it ended with ${code}: see ${logFile}.`)),
  );
  return { child, ready: () => waitUntilReady(awaited, readyMs, ended.signal) };
}

async function stopWorker(worker) {
  if (worker === undefined || worker.exitCode !== null || worker.signalCode !== null) return;
  worker.kill('SIGTERM');
  await once(worker, 'exit');
}

async function untilAsked(url) {
  process.stderr.write(
    `\nMillrace stays up at ${url}: look around with npx millrace in another terminal. Ctrl-C stops it.\n`,
  );
  const alive = setInterval(() => undefined, 60_000);
  await new Promise((resolve) => ['SIGINT', 'SIGTERM', 'SIGHUP'].forEach((signal) => process.once(signal, resolve)));
  clearInterval(alive);
}
