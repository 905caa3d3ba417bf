import { writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { WorkerList } from '@millrace/protocol';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { whenEnded } from '../support/ended.js';
import { post } from '../support/load.js';
import { startLocalSystem, type TestSystem } from '../support/local-system.js';
import { runMillrace } from '../support/millrace-command.js';
import { foldLogs } from './storm/folded-logs.js';
import { readStarts } from './storm/starts.js';

/** Handlers that append (run, task, attempt, process) to one file before they do anything: the ledger of what really began. */
const handlers = [fileURLToPath(new URL('../support/noting-handlers.mjs', import.meta.url))];
/** Longer than the worker's session and the group's. */
const freezeMs = 14_000;

let folder: string;
let ledger: string;
let system: TestSystem;
const submitted: string[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'millrace-ledger-'));
  ledger = join(folder, 'starts');
  writeFileSync(ledger, '');
  const replicas = { ingest: 1, query: 1, projector: 1, dispatcher: 2, worker: 3 };
  system = await startLocalSystem({ handlers, replicas, env: { MILLRACE_TEST_STARTS: ledger } });
});
afterAll(async () => {
  await system?.stop();
  await rm(folder, { recursive: true, force: true });
});

/** Tasks that claim first and tasks that do not, from short to longer than it takes to log a start. */
async function submit(): Promise<void> {
  const items = Array.from({ length: 60 }, (_, index) => ({
    handler: index % 2 === 0 ? 'careful' : 'nap',
    input: { ms: (index % 15) * 120 },
  }));
  const answer = await post<{ items: readonly { run: string }[] }>(`${system.apiUrl}/v1/bulk`, { items });
  submitted.push(...(answer?.items ?? []).map(({ run }) => run));
}

/** Submits every half second while `faults` go on. */
async function under(faults: () => Promise<void>): Promise<void> {
  const ended = new AbortController();
  const submits = (async () => {
    while (!ended.signal.aborted) {
      await submit();
      await pause(500);
    }
  })();
  await faults().finally(() => ended.abort());
  await submits;
}

const workers = async (): Promise<WorkerList['workers']> =>
  ((await (await fetch(`${system.apiUrl}/v1/workers`)).json()) as WorkerList).workers;

it('ends every task while workers are killed, frozen past their sessions, drained, and come and go', async () => {
  await under(async () => {
    for (const index of [0, 1]) {
      expect(system.kill('worker', index)).toBe(true);
      await pause(1_500);
    }
    expect(system.kill('worker', 2, 'SIGSTOP')).toBe(true);
    await pause(freezeMs / 2);
    expect(system.kill('worker', 0, 'SIGTERM')).toBe(true);
    await pause(freezeMs / 2);
    expect(system.kill('worker', 2, 'SIGCONT')).toBe(true);
    await system.whenReady('worker');
  });
  const statuses = await whenEnded(system, submitted);
  expect(new Set(statuses.values())).toEqual(new Set(['succeeded']));
});

it('empties a worker that an operator drains, while the others go on', async () => {
  const [{ id }] = (await workers()).filter(({ leaving }) => !leaving) as [WorkerList['workers'][number]];
  await under(async () => {
    const told = await runMillrace(['worker', 'drain', id, '--wait', '-o', 'json', '--url', system.apiUrl]);
    expect([told.code, JSON.parse(told.stdout)]).toEqual([0, { worker: id, drained: true, gone: false }]);
  });
  expect((await workers()).find((each) => each.id === id)).toMatchObject({ draining: true, held: 0, busy: 0 });
  expect(new Set((await whenEnded(system, submitted)).values())).toEqual(new Set(['succeeded']));
  expect((await runMillrace(['worker', 'drain', 'nobody', '--url', system.apiUrl])).code).toBe(3);
});

it('began no claimed-first attempt twice, and no other twice without a claim', async () => {
  const { starts, attempts, tooOften } = readStarts(ledger, await foldLogs(system));
  console.log(
    `${attempts} attempts began ${starts} times: ${starts - attempts} of those without claimFirst began twice.`,
  );
  expect(tooOften).toEqual([]);
  expect(attempts).toBeGreaterThan(submitted.length - 1);
});
