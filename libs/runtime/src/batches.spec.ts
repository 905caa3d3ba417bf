import { silent, type Event, type Frame } from '@millrace/domain';
import * as given from '@millrace/domain/testing';
import { RandomLog } from '@millrace/domain/testing';
import { encodeFrame, encodeItem } from '@millrace/protocol';
import { crc32 } from 'node:zlib';
import { expect, it, vi } from 'vitest';
import { PartitionFold } from './partition-fold.js';
import type { LogRecord, TaskRunRow } from './ports.js';
import { ProjectionRows } from './projection-rows.js';
import { chanceOf } from './testing/dispatch-faulty-writer.js';
import { comparable } from './testing/fold-whole-log.js';
import { InMemoryProjectionStore } from './testing/index.js';

/** Generous: the machine may be busy, and nothing here waits. */
vi.setConfig({ testTimeout: 120_000 });

const seed = 20_261_125;
const logs = 40;

/** Up to where the id of a run that has ended is given to another, which nobody does. */
function recordsOfLog(chance: () => number): LogRecord[] {
  const number = (below: number) => Math.floor(chance() * below);
  const born = new Set<string>();
  let isAgain = false;
  const log = new RandomLog({
    ...silent,
    runBorn: ({ id }) => {
      isAgain ||= born.has(id);
      born.add(id);
    },
  });
  for (let count = 0; count < 150 && !isAgain; count++) {
    log.play({ move: number(23), a: number(1e6), b: number(1e6), c: number(1e6) });
  }
  if (isAgain) log.records.pop();
  return log.records.map(({ frame, at }, offset) => recordOf(frame, offset, at));
}

function recordOf({ by, seq, now, items }: Frame, offset: number, at: number): LogRecord {
  const texts = items.map((item) => (item.type === 'unreadable' ? 'null' : encodeItem(item)));
  const value = Buffer.from(encodeFrame(by, seq, now, texts));
  return { offset, at, value, crc: crc32(value), leaderEpoch: 0 };
}

function recordsOf(items: readonly Event[]): LogRecord[] {
  return items.map((item, offset) =>
    recordOf({ by: 'writer', seq: offset + 1, now: given.epochStart, items: [item] }, offset, given.epochStart),
  );
}

/** The rows that a store has after batches that end where `endsAfter` says. */
async function projected(records: readonly LogRecord[], endsAfter: () => boolean): Promise<object> {
  const store = new InMemoryProjectionStore();
  const [fold, rows] = [new PartitionFold(0), new ProjectionRows(0)];
  let from = 0;
  for (const record of records) {
    rows.offset = record.offset;
    fold.take(record, rows);
    if (record.offset < records.length - 1 && !endsAfter()) continue;
    const { position: to, time: at, accepted, rejected, quarantined, hash, birth } = fold.state;
    const position = { partition: 0, from, to, at, accepted, rejected, quarantined, hash, nonce: birth?.nonce ?? '' };
    await store.commit({ positions: [position], ...structuredClone(rows.take()) });
    from = to;
  }
  return comparable(store.rows());
}

it(`the rows of a log are the same wherever its batches end (seed ${seed})`, async () => {
  const chance = chanceOf(seed);
  for (let log = 0; log < logs; log++) {
    const records = recordsOfLog(chance);
    const whole = await projected(records, () => false);
    expect(await projected(records, () => true)).toEqual(whole);
    expect(await projected(records, () => chance() < 0.2)).toEqual(whole);
  }
});

it('a task run that waits for its time keeps it when it is given another band in a later batch', async () => {
  const items: Event[] = [
    given.born(),
    given.claimed(),
    given.singleRequested({}, { delayMs: 1_000 }),
    given.prioritized(),
  ];
  const records = recordsOf(items);
  const whole = await projected(records, () => false);
  expect(JSON.stringify(whole)).toContain(`[\\"dueAt\\",${given.epochStart + 1_000}]`);
  expect(await projected(records, () => true)).toEqual(whole);
});

it('a snapshot tells the band of what is in flight as it stood, whatever its run is given while the snapshot is written', () => {
  const events: Event[] = [
    ...[given.born(), given.claimed(), given.workersSeen({}), given.singleRequested()],
    ...[given.dispatched(given.single), given.prioritized(), given.prioritized({ band: 3 })],
    given.started(given.single),
  ];
  const records = recordsOf(events);
  const [fold, rows] = [new PartitionFold(0), new ProjectionRows(0)];
  const [otherFold, otherRows] = [new PartitionFold(0), new ProjectionRows(0)];
  for (const record of records.slice(0, 6)) {
    fold.take(record, rows);
    otherFold.take(record, silent);
  }
  rows.take();
  const captured = rows.capture();
  fold.take(records[6]!, rows);
  otherRows.restore(otherFold.state, [...captured]);
  otherFold.take(records[6]!, otherRows);
  for (const each of [rows, otherRows]) each.take();
  fold.take(records[7]!, rows);
  otherFold.take(records[7]!, otherRows);
  const [[, found]] = rows.take().singlesChanged as [[unknown, TaskRunRow]];
  const [[, other]] = otherRows.take().singlesChanged as [[unknown, TaskRunRow]];
  expect([found.band, other.band]).toEqual([3, 3]);
});
