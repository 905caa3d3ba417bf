import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { EmbeddedPostgres } from './embedded-postgres.js';
import { FolderLockedError } from './folder-lock.js';
import { freePort } from './free-port.js';
import { isAlive, recordOf } from './process-record.js';
import { startInOtherProcess } from './testing/other-process.js';

const running: { kill(): Promise<void> }[] = [];
let dataDir: string;

beforeAll(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'millrace-postgres-'));
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.kill()));
});
afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

async function start(more = {}): Promise<EmbeddedPostgres> {
  const server = await EmbeddedPostgres.start({ dataDir, ...more });
  running.push(server);
  return server;
}

it('starts again with the same address, and stops twice over', async () => {
  const first = await start();
  await expect(start()).rejects.toThrow(FolderLockedError);
  await Promise.all([first.stop(), first.stop()]);
  const second = await start();
  expect(second.url).toBe(first.url);
  expect(second.url).toMatch(/^postgresql:\/\/millrace:[\w-]+@127\.0\.0\.1:\d+\/millrace$/);
});

it('moves to another port where its own is taken, and says so where that port was asked for', async () => {
  const before = await start();
  await before.stop();
  const squatter = createServer().listen(before.port, '127.0.0.1');
  try {
    const moved = await start();
    expect(moved.port).not.toBe(before.port);
    await moved.stop();
    await expect(start({ port: before.port })).rejects.toThrow(`Expected port ${before.port} of 127.0.0.1 to be free`);
  } finally {
    squatter.close();
  }
});

it('stops the server whose starter was killed, and starts anew', async () => {
  const port = await freePort();
  const other = await startInOtherProcess('EmbeddedPostgres', { dataDir, port, leash: false });
  const orphan = recordOf(other.serverPid);
  await other.kill();
  expect(orphan !== undefined && isAlive(orphan)).toBe(true);
  const server = await start();
  expect(orphan !== undefined && isAlive(orphan)).toBe(false);
  expect(server.port).toBe(port);
});

it('comes back after kill -9, also when another process has got the old pid', async () => {
  const server = await start();
  await server.kill();
  writeFileSync(join(dataDir, 'data', 'postmaster.pid'), `${process.ppid}\n${join(dataDir, 'data')}\n`);
  await start();
});
