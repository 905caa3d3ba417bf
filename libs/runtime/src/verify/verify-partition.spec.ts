import { crc32 } from 'node:zlib';
import { captureState, RestoringState, silent, type Item } from '@millrace/domain';
import { gapAccepted, RandomLog } from '@millrace/domain/testing';
import { encodeFrame, encodeItem } from '@millrace/protocol';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { KnownGaps } from '../known-gaps.js';
import { PartitionFold } from '../partition-fold.js';
import { ProjectionRows } from '../projection-rows.js';
import type { LogRecord, ProjectionPosition, RecordReader, SnapshotManifest, SnapshotStore } from '../ports.js';
import { takeSnapshot } from '../snapshot-codec.js';
import { cellId, type Cell } from './cell.js';
import { stateDigest } from './state-digest.js';
import { toldCells } from './told-cells.js';
import type { PartitionReport } from './partition-report.js';
import { verifyPartition } from './verify-partition.js';
import { createHash } from 'node:crypto';

const draw = fc.record({ move: fc.nat(19), a: fc.nat(100_000), b: fc.nat(100_000), c: fc.nat(100_000) });
type Draws = readonly { move: number; a: number; b: number; c: number }[];
const manyDraws: Draws = fc.sample(fc.array(draw, { minLength: 400, maxLength: 400 }), { numRuns: 1, seed: 7 })[0]!;

const text = (item: Item): string => (item.type === 'unreadable' ? 'null' : encodeItem(item));

function recordsOf(draws: Draws): LogRecord[] {
  const log = new RandomLog();
  for (const each of draws) log.play(each);
  return log.records.map(({ frame: { by, seq, now, items }, at }, offset) => {
    const value = Buffer.from(encodeFrame(by, seq, now, items.map(text)));
    return { offset, at, value, crc: crc32(value), leaderEpoch: 0 };
  });
}

const readerOf = (records: readonly LogRecord[]): RecordReader => ({
  fetch: async ([{ offset }]) => {
    const found = records.filter((each) => each.offset >= offset).slice(0, 50);
    return [{ topic: 'log', partition: 0, records: found, endOffset: records.at(-1)!.offset + 1 }];
  },
  bounds: async () => ({ start: records[0]!.offset, end: records.at(-1)!.offset + 1 }),
  close: async () => undefined,
} as RecordReader); // prettier-ignore

/** What a projector makes of the records, batch by batch. */
function projectionOf(
  records: readonly LogRecord[],
  gaps = new KnownGaps(),
): {
  readonly cells: Map<string, Cell>;
  readonly position: ProjectionPosition;
  readonly fold: PartitionFold;
} {
  const [rows, fold, cells] = [new ProjectionRows(0), new PartitionFold(0, undefined, gaps), new Map<string, Cell>()];
  for (const record of records) {
    rows.offset = record.offset;
    fold.take(record, rows);
    if (record.offset % 7 !== 0 && record !== records.at(-1)) continue;
    for (const cell of toldCells(rows.take())) {
      if (cell.values === undefined) cells.delete(cellId(cell));
      else cells.set(cellId(cell), cell);
    }
  }
  const { position: to, time: at, accepted, rejected, quarantined, hash, birth } = fold.state;
  return {
    cells,
    fold,
    position: { partition: 0, from: to, to, at, accepted, rejected, quarantined, hash, nonce: birth!.nonce },
  };
}

async function verified(
  records: readonly LogRecord[],
  cells: Iterable<Cell>,
  position: ProjectionPosition,
  snapshots?: SnapshotStore,
): Promise<PartitionReport> {
  const all = [...cells];
  const projected = {
    positions: async () => [position],
    cells: async function* () { yield all; },
    workflows: async function* () { yield []; },
    close: async () => undefined,
  }; // prettier-ignore
  return (
    await verifyPartition({
      reader: readerOf(records),
      topic: 'log',
      position,
      projected,
      ...(snapshots && { snapshots }),
    })
  ).report;
}

async function wholeOf(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const all: Uint8Array[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return Buffer.concat(all);
}

async function storeOf(fold: PartitionFold, damage = false): Promise<SnapshotStore> {
  const { header, chunks } = takeSnapshot(fold, 'state');
  const bytes = await wholeOf(chunks);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  if (damage) bytes[bytes.length >> 1]! ^= 1;
  const manifest: SnapshotManifest = { v: 1, ...header, chunks: [0], bytes: bytes.length, sha256 };
  return { newest: async () => [manifest], load: async function* () { yield bytes; }, save: async () => manifest, close: async () => undefined }; // prettier-ignore
}

it('proves rows that the log tells, however they were batched', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(draw, { maxLength: 120 }), async (draws) => {
      const records = recordsOf(draws);
      const { cells, position, fold } = projectionOf(records);
      const report = await verified(records, cells.values(), position);
      expect(report).toMatchObject({ differences: [], offset: records.length, state: stateDigest(fold.state) });
      expect(report.fold).toBe(report.projection);
      expect(report.entries).toBe(fold.state.accepted + fold.state.rejected + fold.state.quarantined);
    }),
    { numRuns: 40 },
  );
});

it('names the table, key, column, both values and the record that wrote it, of one value that differs', async () => {
  const records = recordsOf(manyDraws);
  const { cells, position } = projectionOf(records);
  const altered = [...cells.values()].find(({ table, names }) => table === 'task_run_records' && names.length > 1)!;
  const values = altered.values!.map((value, at) => (altered.names[at] === 'attempt' ? 77 : value));
  const others = [...cells.values()].map((cell) => (cell === altered ? { ...cell, values } : cell));
  const { differences, fold, projection } = await verified(records, others, position);
  const wanted = altered.values![altered.names.indexOf('attempt')];
  expect(differences).toMatchObject([
    { rule: 'I5', table: 'task_run_records', key: altered.key, column: 'attempt', wanted, found: 77 },
  ]);
  expect(fold).not.toBe(projection);
  expect(differences[0]!.offset).toBeLessThan(records.length);
});

it('names rows that are missing and rows that no record tells of', async () => {
  const records = recordsOf(manyDraws);
  const { cells, position } = projectionOf(records);
  const [first, ...others] = cells.values();
  expect((await verified(records, others, position)).differences).toMatchObject([
    { key: first!.key, found: null, offset: expect.any(Number) },
  ]);
  const extra = { ...first!, key: 'nobody', owner: 'nobody' };
  expect((await verified(records, [...cells.values(), extra], position)).differences).toMatchObject([
    { key: 'nobody', wanted: null, offset: null },
  ]);
});

it('names the record of a copied log that is damaged', async () => {
  const records = recordsOf(manyDraws);
  const { cells, position } = projectionOf(records);
  const copy = records.map((record) => {
    if (record.offset !== 40) return record;
    const value = Uint8Array.from(record.value!);
    value[value.length >> 1]! ^= 1;
    return { ...record, value };
  });
  const { differences } = await verified(copy, cells.values(), position);
  expect(differences[0]).toMatchObject({ rule: 'I8', table: 'log', key: '0/40', column: 'value', offset: 40 });
});

it('says where records are missing', async () => {
  const records = recordsOf(manyDraws);
  const { cells, position } = projectionOf(records);
  const { differences } = await verified(records.filter(({ offset }) => offset !== 40), cells.values(), position); // prettier-ignore
  expect(differences).toMatchObject([{ rule: 'I7', offset: 40 }]);
});

it('passes over records that an operator accepted as lost', async () => {
  const all = recordsOf(manyDraws);
  const value = Buffer.from(
    encodeFrame('operator', 1, all.at(-1)!.at, [encodeItem(gapAccepted({ from: 40, to: 42 }))]),
  );
  const acceptance = { offset: all.length, at: all.at(-1)!.at, value, crc: crc32(value), leaderEpoch: 0 };
  const records = [...all.filter(({ offset }) => offset !== 40 && offset !== 41), acceptance];
  const gaps = new KnownGaps();
  gaps.note(0, { from: 40, to: 42 }, 'lost');
  const { cells, position } = projectionOf(records, gaps);
  const report = await verified(records, cells.values(), position);
  expect(report).toMatchObject({ differences: [], offset: all.length + 1 });
});

it('proves a snapshot, also ahead of the rows, and names one with a byte that changed', async () => {
  const records = recordsOf(manyDraws);
  const [whole, half] = [projectionOf(records), projectionOf(records.slice(0, 200))];
  for (const fold of [whole.fold, half.fold]) {
    const { snapshots, differences } = await verified(records, half.cells.values(), half.position, await storeOf(fold));
    expect(snapshots).toMatchObject([
      { position: fold.state.position, isEqual: true, digest: stateDigest(fold.state) },
    ]);
    expect(differences).toEqual([]);
  }
  const { differences } = await verified(records, half.cells.values(), half.position, await storeOf(half.fold, true));
  expect(differences).toMatchObject([{ rule: 'I19', table: 'snapshots', key: 'state/200', offset: 199 }]);
});

it('folds on from a snapshot where the beginning of the log is gone, and says that rows are not proved', async () => {
  const records = recordsOf(manyDraws);
  const [whole, half] = [projectionOf(records), projectionOf(records.slice(0, 200))];
  const report = await verified(records.slice(150), whole.cells.values(), whole.position, await storeOf(half.fold));
  expect(report).toMatchObject({ differences: [], fold: null, projection: null, state: stateDigest(whole.fold.state) });
  expect(report.notes).toHaveLength(1);
});

it('gives the same digest of a state that was restored and folded on', () => {
  const records = recordsOf(manyDraws);
  const whole = projectionOf(records).fold;
  for (const cut of [50, 200, 350]) {
    const half = projectionOf(records.slice(0, cut)).fold;
    const restoring = new RestoringState();
    for (const part of captureState(half.state)) restoring.add(JSON.parse(JSON.stringify(part)));
    const tail = new PartitionFold(0, { state: restoring.done(), recent: [] });
    for (const record of records.slice(cut)) tail.take(record, silent);
    expect(stateDigest(tail.state)).toBe(stateDigest(whole.state));
  }
});
