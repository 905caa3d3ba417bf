import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ask, until } from '../support/ask.js';
import { whenEnded } from '../support/ended.js';
import { startLocalSystem, type ServiceKind, type TestSystem } from '../support/local-system.js';
import { differenceFromRebuild } from '../support/rebuild.js';
import { SmallDisk } from '../support/small-disk.js';

const handlers = [fileURLToPath(new URL('../support/handlers.mjs', import.meta.url))];
const services: readonly ServiceKind[] = ['ingest', 'dispatcher', 'worker', 'projector', 'query'];
const servers = ['kafka', 'postgres'] as const;
const diskMb = 512;
/** Some hundred KiB in each request, so that a log that is full is found to be so. */
const bulk = { items: Array(100).fill({ handler: 'noop', input: 'x'.repeat(8_000) }) };

let folder: string;
const disks = new Map<(typeof servers)[number], SmallDisk>();
let system: TestSystem | undefined;

/** Broker and database on file systems of their own. Whoever may not mount cannot fill a disk without harm: nothing is started then. */
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'millrace-full-'));
  for (const server of servers) {
    const disk = SmallDisk.mount(join(folder, server), diskMb);
    if (disk !== undefined) disks.set(server, disk);
  }
  if (disks.size < servers.length) {
    console.warn('Disk full was not tested: mounting a tmpfs needs root or a sudo that does not ask.');
    return;
  }
  system = await startLocalSystem({
    ...{ dataDir: folder, handlers, partitions: 2, taskPartitions: 2 },
    replicas: { ingest: 1, dispatcher: 1, projector: 1, query: 1, worker: 1 },
  });
});
afterAll(async () => {
  for (const disk of disks.values()) disk.empty();
  await system?.stop();
  for (const disk of disks.values()) disk.unmount();
  rmSync(folder, { recursive: true, force: true });
});

const submitted: string[] = [];
async function submit({ apiUrl }: TestSystem): Promise<number> {
  const { status, body } = await ask(`${apiUrl}/v1/bulk`, bulk);
  if (status === 202) submitted.push(...body.items.map(({ run }: { run: string }) => run));
  return status;
}

async function whenAllEnded(running: TestSystem): Promise<void> {
  for (const kind of services) await running.whenReady(kind);
  const statuses = await whenEnded(running, submitted);
  expect(new Set(statuses.values())).toEqual(new Set(['succeeded']));
  expect(await differenceFromRebuild(running)).toBeUndefined();
}

it('a broker whose disk is full refuses, and it all comes back by itself when there is room again', async () => {
  if (system === undefined) return;
  const running = system;
  expect(await submit(running)).toBe(202);
  disks.get('kafka')!.fill();
  await until('a submit to be refused', async () => (await submit(running)) === 503 || undefined, 60_000);
  expect((await ask(`${running.apiUrl}/v1/runs/${submitted[0]}`)).status).toBe(200);
  disks.get('kafka')!.empty();
  await until('a submit to be taken', async () => (await submit(running)) === 202 || undefined, 60_000);
  await whenAllEnded(running);
});

it('a Postgres whose disk is full stops nothing but the projection, which catches up when there is room again', async () => {
  if (system === undefined) return;
  const running = system;
  disks.get('postgres')!.fill();
  await until(
    'the projection to stand still',
    async () => {
      expect(await submit(running)).toBe(202);
      const [url] = running.urls.projector as [string];
      return (await ask(`${url}/readyz`)).status === 503 || undefined;
    },
    60_000,
  );
  expect(await submit(running)).toBe(202);
  disks.get('postgres')!.empty();
  await whenAllEnded(running);
});
