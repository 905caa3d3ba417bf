import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { silent } from '@millrace/domain';
import { describeState, digestOf, RandomLog } from '@millrace/domain/testing';
import { encodeFrame, encodeItem } from '@millrace/protocol';
import { expect, it, vi } from 'vitest';
import type { LiveRowsPart } from './live-rows.js';
import { PartitionFold } from './partition-fold.js';
import type { LogRecord, SnapshotManifest } from './ports.js';
import { ProjectionRows } from './projection-rows.js';
import { readSnapshot, takeSnapshot } from './snapshot-codec.js';
import { chanceOf } from './testing/dispatch-faulty-writer.js';

/** Generous: the machine may be busy, and nothing here waits. */
vi.setConfig({ testTimeout: 120_000 });

const seed = 20_261_125;
const moves = 400;
/** Between two snapshots. */
const everyRecords = 16;
/** Records folded after a restart, whose rows are compared. */
const after = 3;

function recordsOfLog(): LogRecord[] {
  const chance = chanceOf(seed);
  const number = (below: number) => Math.floor(chance() * below);
  const log = new RandomLog();
  for (let count = 0; count < moves; count++) {
    log.play({ move: number(23), a: number(1e6), b: number(1e6), c: number(1e6) });
  }
  return log.records.map(({ frame: { by, seq, now, items }, at }, offset) => {
    const texts = items.map((item) => (item.type === 'unreadable' ? 'null' : encodeItem(item)));
    const value = Buffer.from(encodeFrame(by, seq, now, texts));
    return { offset, at, value, crc: crc32(value), leaderEpoch: 0 };
  });
}

interface Stored {
  readonly manifest: SnapshotManifest;
  readonly bytes: Uint8Array[];
}

/** Stored as a topic would hold it. */
async function stored(fold: PartitionFold, rows: ProjectionRows): Promise<Stored> {
  const { header, chunks } = takeSnapshot(fold, 'projection', rows.capture());
  const bytes: Uint8Array[] = [];
  for await (const chunk of chunks) bytes.push(chunk);
  const sha256 = createHash('sha256').update(Buffer.concat(bytes)).digest('hex');
  return { bytes, manifest: { v: 1, ...header, chunks: [], bytes: 0, sha256 } };
}
async function restored({ manifest, bytes }: Stored): Promise<{ fold: PartitionFold; rows: ProjectionRows }> {
  const read = await readSnapshot(
    manifest,
    (async function* () {
      yield* bytes;
    })(),
  );
  const rows = new ProjectionRows(0);
  rows.restore(read.resume.state, read.rows as readonly LiveRowsPart[]);
  return { fold: new PartitionFold(0, read.resume), rows };
}
/** Folds one record and gives the rows that it changed, without what only the projector knows of them. */
function take(fold: PartitionFold, rows: ProjectionRows, record: LogRecord): object {
  rows.offset = record.offset;
  fold.take(record, rows);
  return JSON.parse(
    JSON.stringify(rows.take(), (name, value) => (name === 'batch' ? undefined : value) as unknown),
  ) as object;
}

it(`a crash after any record of a log costs nothing, from the newest snapshot and from nothing (seed ${seed})`, async () => {
  const records = recordsOfLog();
  expect(records.length).toBeGreaterThan(150);
  const whole = { fold: new PartitionFold(0), rows: new ProjectionRows(0) };
  const batches: object[] = [];
  const digests: string[] = [];
  const snapshots: (Stored | undefined)[] = [];
  for (const record of records) {
    batches.push(take(whole.fold, whole.rows, record));
    digests.push(`${digestOf(whole.fold.state)} ${whole.fold.state.hash}`);
    const isDue = record.offset % everyRecords === everyRecords - 1;
    snapshots.push(isDue ? await stored(whole.fold, whole.rows) : snapshots.at(-1));
  }
  for (let cut = 1; cut <= records.length; cut++) {
    const snapshot = snapshots[cut - 1];
    const { fold, rows } =
      snapshot === undefined ? { fold: new PartitionFold(0), rows: new ProjectionRows(0) } : await restored(snapshot);
    for (const record of records.slice(fold.position, cut)) take(fold, rows, record);
    expect(`${digestOf(fold.state)} ${fold.state.hash}`).toBe(digests[cut - 1]);
    for (const record of records.slice(cut, cut + after)) {
      expect(take(fold, rows, record)).toEqual(batches[record.offset]);
    }
  }
  const alone = new PartitionFold(0);
  for (const record of records) alone.take(record, silent);
  expect(describeState(alone.state)).toEqual(describeState(whole.fold.state));
});
