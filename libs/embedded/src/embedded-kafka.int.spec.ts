import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { EmbeddedKafka } from './embedded-kafka.js';
import { FolderLockedError } from './folder-lock.js';
import { freePort } from './free-port.js';
import { findKafkaJars } from './kafka-jars.js';
import { isAlive, recordOf } from './process-record.js';
import { startInOtherProcess } from './testing/other-process.js';

const root = join(import.meta.dirname, '..', '..', '..');
const jarsDir = findKafkaJars(root);
const archiveDir = join(root, '.millrace');
const running: { kill(): Promise<void> }[] = [];
let dataDir: string;

beforeAll(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'millrace-kafka-'));
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((broker) => broker.kill()));
});
afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

async function start(more = {}): Promise<EmbeddedKafka> {
  const broker = await EmbeddedKafka.start({ dataDir, jarsDir, archiveDir, heapMb: 256, ...more });
  running.push(broker);
  return broker;
}

it('starts again as the same cluster on the same port, and stops twice over', async () => {
  const first = await start();
  await expect(start()).rejects.toThrow(FolderLockedError);
  await Promise.all([first.stop(), first.stop()]);
  const second = await start();
  expect(second.clusterId).toBe(first.clusterId);
  expect(second.brokers).toBe(first.brokers);
  await second.stop();
});

it('moves to another port where its own is taken, and says so where that port was asked for', async () => {
  const before = await start();
  await before.stop();
  const squatter = createServer().listen(before.port, '127.0.0.1');
  try {
    const moved = await start();
    expect(moved.port).not.toBe(before.port);
    expect(moved.clusterId).toBe(before.clusterId);
    await moved.stop();
    await expect(start({ port: before.port })).rejects.toThrow(`Expected port ${before.port} of 127.0.0.1 to be free`);
  } finally {
    squatter.close();
  }
});

it('stops the broker whose starter was killed, and starts anew', async () => {
  const port = await freePort();
  const other = await startInOtherProcess('EmbeddedKafka', {
    dataDir,
    jarsDir,
    archiveDir,
    heapMb: 256,
    port,
    leash: false,
  });
  const orphan = recordOf(other.serverPid);
  await other.kill();
  expect(orphan !== undefined && isAlive(orphan)).toBe(true);
  const lines: string[] = [];
  const broker = await start({ log: (line: string) => lines.push(line) });
  expect(lines[0]).toContain(`stopped process ${other.serverPid}`);
  expect(orphan !== undefined && isAlive(orphan)).toBe(false);
  expect(broker.port).toBe(port);
});

it('comes back after kill -9 of the broker, and leaves a process alone that has its old pid', async () => {
  const broker = await start();
  await broker.kill();
  writeFileSync(join(dataDir, 'process.json'), JSON.stringify(recordOf(process.pid)));
  const again = await start();
  expect(again.clusterId).toBe(broker.clusterId);
});

it('quotes the last lines of a broker that does not start', async () => {
  const broken = mkdtempSync(join(tmpdir(), 'millrace-kafka-broken-'));
  try {
    const failing = EmbeddedKafka.start({ dataDir: broken, jarsDir, heapMb: 2 });
    await expect(failing).rejects.toThrow(/but it ended with code 3\.\nThe last lines of .*kafka\.log:\n.*heap space/s);
    expect(readFileSync(join(broken, 'kafka.log'), 'utf8')).toContain('heap');
  } finally {
    rmSync(broken, { recursive: true, force: true });
  }
});
