import { readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { connectKafka, KafkaRecordReader } from '@millrace/kafka';
import { decodeFrame, topicsOf } from '@millrace/protocol';
import { quietJournal } from '@millrace/runtime/testing';
import { whenEnded } from '../support/ended.js';
import { loadFor, post, registerDiamond } from '../support/load.js';
import { startLocalSystem, type ServiceKind, type TestSystem } from '../support/local-system.js';
import { differenceFromRebuild } from '../support/rebuild.js';

/** Longer than any session. */
const freezeMs = 15_000;
const loadMs = 6_000;
const handlers = [fileURLToPath(new URL('../support/noting-handlers.mjs', import.meta.url))];

let folder: string;
let startsFile: string;
let system: TestSystem;
const careful = new Set<string>();

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'millrace-freeze-'));
  startsFile = join(folder, 'starts');
  writeFileSync(startsFile, '');
  system = await startLocalSystem({ handlers, env: { MILLRACE_TEST_STARTS: startsFile } });
  await registerDiamond(system);
});
afterAll(async () => {
  await system?.stop();
  await rm(folder, { recursive: true, force: true });
});

/** Tasks that claim first, and some that run for as long as it takes to be frozen in the middle. */
async function submitSlow(): Promise<string[]> {
  const items = [
    ...Array.from({ length: 40 }, (_, index) => ({ handler: 'careful', input: { ms: index * 20 } })),
    ...Array.from({ length: 20 }, (_, index) => ({ handler: 'nap', input: { ms: 1_000 + index * 200 } })),
  ];
  const answer = await post<{ items: readonly { run: string }[] }>(`${system.apiUrl}/v1/bulk`, { items });
  const runs = answer!.items.map(({ run }) => run);
  for (const run of runs.slice(0, 40)) careful.add(run);
  return runs;
}

const frozen: readonly (readonly [string, readonly ServiceKind[]])[] = [
  ['a worker is', ['worker']],
  ['a dispatcher and a projector are', ['dispatcher', 'projector']],
];

it.each(frozen)(
  'loses nothing when %s frozen for longer than a session and woken again, and every run ends',
  async (_who, kinds) => {
    const slow: string[] = [];
    const { acknowledged } = await loadFor(system, loadMs, async () => {
      slow.push(...(await submitSlow()));
      for (const kind of kinds) expect(system.kill(kind, 0, 'SIGSTOP')).toBe(true);
      await pause(freezeMs / 3);
      slow.push(...(await submitSlow()));
      await pause((freezeMs * 2) / 3);
      for (const kind of kinds) expect(system.kill(kind, 0, 'SIGCONT')).toBe(true);
      slow.push(...(await submitSlow()));
    });
    const runs = [...acknowledged, ...slow];
    expect(runs.length).toBeGreaterThan(300);
    const statuses = await whenEnded(system, runs);
    expect(new Set(statuses.values())).toEqual(new Set(['succeeded']));
    for (const kind of kinds) await system.whenReady(kind);
  },
);

it('shows in Postgres what a fold of the whole log gives, after all of that', async () => {
  expect(await differenceFromRebuild(system)).toBeUndefined();
});

it('started no attempt twice without a claim, and what claims first exactly once', async () => {
  const starts = new Map<string, number>();
  for (const line of readFileSync(startsFile, 'utf8').trim().split('\n')) {
    const key = line.split(' ').slice(0, 3).join(' ');
    starts.set(key, (starts.get(key) ?? 0) + 1);
  }
  const claims = await claimedAttempts();
  const twice = [...starts].filter(([key, count]) => count > (claims.has(key) ? 2 : 1));
  expect(twice).toEqual([]);
  const carefulStarts = [...starts].filter(([key]) => careful.has(key.split(' ')[0]!));
  expect(carefulStarts.filter(([, count]) => count !== 1)).toEqual([]);
  expect(new Set(carefulStarts.map(([key]) => key.split(' ')[0]))).toEqual(careful);
});

/** Attempts that anybody claimed, from the log itself. */
async function claimedAttempts(): Promise<Set<string>> {
  const connection = connectKafka({ brokers: [system.brokers], clientId: 'freeze', journal: quietJournal() });
  const reader = new KafkaRecordReader(connection);
  const topic = topicsOf(system.prefix).log;
  const claims = new Set<string>();
  for (let partition = 0; partition < system.partitions; partition++) {
    const { end } = await reader.bounds(topic, partition);
    for (let offset = 0; offset < end;) {
      const [fetched] = await reader.fetch([{ topic, partition, offset }], 5_000);
      for (const record of fetched!.records) {
        for (const item of decodeFrame(record.value, 1).items) {
          if (item.type === 'TaskStarted' && item.nonce !== undefined) {
            claims.add(`${item.run} ${item.task} ${item.attempt}`);
          }
        }
        offset = record.offset + 1;
      }
    }
  }
  await reader.close();
  return claims;
}
