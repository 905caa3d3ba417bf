import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { captureState, type SnapshotPart } from '@millrace/domain';
import { RandomLog } from '@millrace/domain/testing';
import { encodeFrame, encodeItem } from '@millrace/protocol';
import { describe, expect, it, vi } from 'vitest';
import type { LiveRowsPart } from './live-rows.js';
import { PartitionFold } from './partition-fold.js';
import type { LogRecord, SnapshotManifest } from './ports.js';
import { ProjectionRows } from './projection-rows.js';
import { readSnapshot, takeSnapshot } from './snapshot-codec.js';
import { chanceOf } from './testing/dispatch-faulty-writer.js';

/** Generous: the machine may be busy, and nothing here waits. */
vi.setConfig({ testTimeout: 120_000 });

const frames = 1_000;
/** Each log has its own seed and its own distance between snapshots. */
const logs = [
  { seed: 1, everyRecords: 2 },
  { seed: 2, everyRecords: 7 },
  { seed: 3, everyRecords: 50 },
] as const;
/**
 * A process that begins from nothing at any position folds what one fold from nothing folds on its way: that one is compared at every
 * position. What it cannot show, that nothing outside the state remembers, is shown by real restarts at every tenth.
 */
const fromNothingEvery = 10;

/** A process of a partition: its fold and the rows of what lives. */
interface Process {
  readonly fold: PartitionFold;
  readonly rows: ProjectionRows;
}
interface Stored {
  readonly manifest: SnapshotManifest;
  readonly chunks: readonly Uint8Array[];
}

const fresh = (): Process => ({ fold: new PartitionFold(0), rows: new ProjectionRows(0) });

function logOf(seed: number): LogRecord[] {
  const chance = chanceOf(seed);
  const number = (below: number) => Math.floor(chance() * below);
  const log = new RandomLog();
  while (log.records.length < frames) {
    log.play({ move: number(23), a: number(1e6), b: number(1e6), c: number(1e6) });
  }
  return log.records.map(({ frame: { by, seq, now, items }, at }, offset) => {
    const texts = items.map((item) => (item.type === 'unreadable' ? 'null' : encodeItem(item)));
    const value = Buffer.from(encodeFrame(by, seq, now, texts));
    return { offset, at, value, crc: crc32(value), leaderEpoch: 0 };
  });
}

/** As a topic would hold it. */
async function stored({ fold, rows }: Process): Promise<Stored> {
  const { header, chunks } = takeSnapshot(fold, 'projection', rows.capture());
  const bytes: Uint8Array[] = [];
  for await (const chunk of chunks) bytes.push(chunk);
  const sha256 = createHash('sha256').update(Buffer.concat(bytes)).digest('hex');
  return { chunks: bytes, manifest: { v: 1, ...header, chunks: [], bytes: 0, sha256 } };
}

async function restored({ manifest, chunks }: Stored): Promise<Process> {
  const whole = async function* () {
    yield* chunks;
  };
  const { resume, rows: kept } = await readSnapshot(manifest, whole());
  const rows = new ProjectionRows(0);
  rows.restore(resume.state, kept as readonly LiveRowsPart[]);
  return { fold: new PartitionFold(0, resume), rows };
}

/**
 * Heaps and rings lie in an order that a restore builds anew; what fires or is chosen next follows from the time and the number that
 * each entry carries.
 */
function settled(part: SnapshotPart): SnapshotPart {
  if (part.part === 'timers') return { ...part, timers: part.timers.toSorted((one, other) => one[4] - other[4]) };
  if (part.part === 'ready') return { ...part, ready: part.ready.toSorted((one, other) => one[3] - other[3]) };
  if (part.part === 'shares')
    return { ...part, shares: part.shares.toSorted(([one], [other]) => (one < other ? -1 : 1)) };
  return part;
}
/** Of all that a snapshot holds: the state, what lives in it, the rows, and the rolling hash of the records before. */
function digestOf({ fold, rows }: Process): string {
  const hash = createHash('sha256');
  for (const part of captureState(fold.state)) hash.update(JSON.stringify(settled(part)));
  for (const part of Array.from(rows.capture(), (each) => JSON.stringify(each)).sort()) hash.update(part);
  return hash.digest('hex');
}

/** Folds up to `end`. What a process that resumes compares again changes nothing. */
function foldTo(end: number, { fold, rows }: Process, records: readonly LogRecord[]): void {
  while (fold.position < end) {
    const record = records[fold.position]!;
    rows.offset = record.offset;
    fold.take(record, rows);
    rows.take();
  }
}

describe.each(logs)(
  'a log of 1,000 frames (seed $seed), a snapshot each $everyRecords records',
  ({ seed, everyRecords }) => {
    it('a restart after any record stands where the process stood that never stopped', async () => {
      const records = logOf(seed);
      const whole = fresh();
      const digests: string[] = [];
      const snapshots: Stored[] = [];
      for (let end = 1; end <= records.length; end++) {
        foldTo(end, whole, records);
        digests[end] = digestOf(whole);
        const isDue = end === 1 || end % everyRecords === 0;
        snapshots[end] = isDue ? await stored(whole) : snapshots[end - 1]!;
      }
      const wrong: string[] = [];
      const compare = (end: number, from: string, process: Process): void => {
        foldTo(end, process, records);
        if (digestOf(process) !== digests[end]) wrong.push(`seed ${seed} offset ${end} from ${from}`);
      };
      const second = fresh();
      for (let end = 1; end <= records.length; end++) {
        compare(end, 'the newest snapshot', await restored(snapshots[end]!));
        compare(end, 'nothing, on its way', second);
        if (end % fromNothingEvery === 0) compare(end, 'nothing', fresh());
      }
      expect(wrong).toEqual([]);
    });
  },
);
