import { crc32 } from 'node:zlib';
import {
  foldFrame,
  hasPassed,
  passGap,
  PartitionState,
  rollHash,
  type FoldSink,
  type Frame,
  type Gap,
  type Instant,
} from '@millrace/domain';
import { decodeFrame, rulesKnown, unreadableFrame } from '@millrace/protocol';
import { LineageFault } from './births.js';
import { KnownGaps } from './known-gaps.js';
import type { LogRecord } from './ports.js';

/** An offset of the log is not there although a later one is. The partition halts; nothing is skipped silently. */
export class GapFault extends Error {
  override readonly name = 'GapFault';
  constructor(
    readonly partition: number,
    readonly expected: number,
    readonly found: number,
  ) {
    super(
      `Expected offset ${expected} of log partition ${partition}, but found ${found}: records are missing. ` +
        `Restore them from a copy, or, where they are lost for good: millrace partition accept-gap ${partition} --from ${expected}`,
    );
  }
}

/** Somebody accepted as lost what this fold has folded: either the log has it still, or this state is not the log's. */
export class GapDoubted extends Error {
  override readonly name = 'GapDoubted';
  constructor(
    readonly partition: number,
    readonly gap: Gap,
  ) {
    super(
      `Expected no records of log partition ${partition} from ${gap.from} to below ${gap.to}, which were accepted as lost, but they were folded: looking whether they are there.`,
    );
  }
}

/** What became of a record: folded, dropped because it was folded before, or to be fetched once more. */
export type Taken = 'folded' | 'dropped' | 'fetch-again';

/** A frame as its writer knows it from the acknowledgement. */
export interface OwnFrame {
  readonly value: Uint8Array;
  readonly crc: number;
  readonly at: Instant;
}

/** Hashes of the last records, to compare with what a reader delivers twice. */
const hashesKept = 4_096;
/** Records before its position that a fold reads again when it resumes from a snapshot. */
export const comparedMax = 10;

/** The CRC32 of a record that was folded (0 for one without value). */
export type RecordHash = readonly [offset: number, crc: number];

/** Where a fold resumes: a state, and the hashes of the records right before its position, at most `comparedMax`. */
export interface ResumePoint {
  readonly state: PartitionState;
  readonly recent: readonly RecordHash[];
}

/**
 * The fold of one partition with its guards: offsets are contiguous, what is delivered twice must be the same bytes, a
 * damaged value is fetched once more before it counts as unreadable, and unknown rules halt; a gap
 * that was accepted is passed over. One that resumes, or that
 * meets another leader epoch, reads the records before its position again and compares them first. Both dispatcher and
 * projector stand on it. Throws `GapFault`, `GapDoubted` and
 * `LineageFault`; the partition must not be folded on after that.
 */
export class PartitionFold {
  readonly state: PartitionState;
  readonly #hashes: Map<number, number>;
  /** Where it began, for whoever wants to know how much it has folded. */
  readonly resumedAt: number;
  /** Next record to compare again; none from the state's position on. */
  #compareNext: number;
  /** Offset that was asked for once more. */
  #askedAgain = -1;
  /** Of the last record read. */
  #leaderEpoch: number | undefined;
  /** What lies behind was folded from acknowledgements alone: nobody has read it back yet. */
  #readTo: number;

  constructor(
    readonly partition: number,
    { state, recent }: ResumePoint = { state: new PartitionState(), recent: [] },
    private readonly gaps = new KnownGaps(),
    /** The highest rules that whoever folds knows. */
    readonly knows = rulesKnown,
  ) {
    this.state = state;
    this.#hashes = new Map(recent);
    this.resumedAt = state.position;
    this.#readTo = state.position;
    this.#compareNext = recent[0]?.[0] ?? state.position;
  }

  /** Next offset wanted from the log: that of the state, or before it while records are compared again. */
  get position(): number {
    return Math.min(this.#compareNext, this.state.position);
  }

  /** Hashes of the last records, for a snapshot. */
  get recent(): RecordHash[] {
    const { position } = this.state;
    const offsets = Array.from({ length: Math.min(comparedMax, position) }, (_, index) => position - 1 - index);
    return offsets.reverse().flatMap((offset): RecordHash[] => {
      const hash = this.#hashes.get(offset);
      return hash === undefined ? [] : [[offset, hash]];
    });
  }

  /** Folds a record as read. `heard` gets the decoded frame after it was folded. */
  take(record: LogRecord, sink: FoldSink, heard?: (frame: Frame, at: Instant) => void): Taken {
    this.#passGap(record.offset);
    const expected = this.position;
    const hash = record.value === undefined ? 0 : crc32(record.value);
    if (record.offset < expected) {
      const taken = this.#compare(record.offset, hash);
      const isNewer = this.#leaderEpoch !== undefined && record.leaderEpoch > this.#leaderEpoch;
      if (isNewer && this.#leaderChanged(record.leaderEpoch)) return 'fetch-again';
      this.#readTo = Math.max(this.#readTo, record.offset + 1);
      return taken;
    }
    const isWhole = record.value === undefined || record.crc === hash;
    if ((record.offset > expected || !isWhole) && this.#askedAgain !== expected) {
      this.#askedAgain = expected;
      return 'fetch-again';
    }
    if (record.offset > expected) throw new GapFault(this.partition, expected, record.offset);
    if (expected < this.state.position) {
      this.#compareFrom(expected + 1);
      return this.#compare(record.offset, hash);
    }
    if (this.#leaderChanged(record.leaderEpoch)) return 'fetch-again';
    const frame = isWhole
      ? decodeFrame(record.value, this.state.rules)
      : unreadableFrame('crc-mismatch', 'The CRC32 of the value is not the one in its header, or there is none.');
    this.#doubt(frame);
    this.#fold(frame, record.offset, record.at, hash, sink);
    this.#readTo = this.state.position;
    heard?.(frame, record.at);
    return 'folded';
  }

  /**
   * Our own frame was acknowledged at an offset that was folded. It was read back before, or the log has lost its end and
   * takes that offset again: then what lies there is read and compared before anything else.
   */
  recheck(offset: number, crc: number): void {
    const known = this.#hashes.get(offset);
    if (known !== undefined && known !== crc) this.#compareNext = Math.min(this.#compareNext, offset);
  }

  /** Folds a frame of our own from its acknowledgement, which must be for exactly the offset that the fold waits for. */
  takeOwn(own: OwnFrame, sink: FoldSink, heard?: (frame: Frame, at: Instant) => void): void {
    const frame = decodeFrame(own.value, this.state.rules);
    this.#fold(frame, this.state.position, own.at, own.crc, sink);
    heard?.(frame, own.at);
  }

  #fold(frame: Frame, offset: number, at: Instant, hash: number, sink: FoldSink): void {
    foldFrame(this.state, frame, offset, at, sink);
    this.#compareNext = this.state.position;
    this.state.hash = rollHash(this.state.hash, offset, hash);
    this.#hashes.set(offset, hash);
    if (offset >= hashesKept) this.#hashes.delete(offset - hashesKept);
    if (offset === 0) this.#checkBirth();
    if (this.state.rules > this.knows) {
      throw new LineageFault(
        this.partition,
        `Expected rules up to ${this.knows}, but partition ${this.partition} is under rules ${this.state.rules}. Deploy a newer version.`,
      );
    }
  }

  /** Another leader may hold other bytes below: the records before this one are read again and compared first. */
  #leaderChanged(leaderEpoch: number): boolean {
    const before = this.#leaderEpoch;
    this.#leaderEpoch = leaderEpoch;
    if (before === undefined || before === leaderEpoch || this.state.position === 0) return false;
    this.#compareFrom(Math.max(0, this.#readTo - comparedMax));
    return true;
  }

  /** The next record to compare is the first that is known from `offset` on. */
  #compareFrom(offset: number): void {
    this.#compareNext = offset;
    while (this.#compareNext < this.state.position && !this.#hashes.has(this.#compareNext)) this.#compareNext += 1;
  }

  /** `found` is the next record that there is. */
  #passGap(found: number): void {
    const gap = { from: this.state.position, to: found };
    if (found <= this.position || this.position < gap.from || !this.gaps.is(this.partition, gap, 'lost')) return;
    passGap(this.state, gap);
    this.#compareNext = found;
  }

  /** What was accepted as lost must not have been folded, unless it is there all the same. */
  #doubt(frame: Frame): void {
    for (const item of frame.items) {
      if (item.type !== 'GapAccepted' || item.from >= this.state.position) continue;
      if (hasPassed(this.state, item) || this.gaps.is(this.partition, item, 'there')) continue;
      throw new GapDoubted(this.partition, { from: item.from, to: item.to });
    }
  }

  #compare(offset: number, hash: number): Taken {
    const known = this.#hashes.get(offset);
    if (known === undefined || known === hash) return 'dropped';
    throw new LineageFault(
      this.partition,
      `Expected offset ${offset} of log partition ${this.partition} to stay what it was, but its bytes changed: ` +
        `another log, or an unreplicated tail was lost. Find out which log is right, then restart.`,
    );
  }

  #checkBirth(): void {
    const born = this.state.birth?.partition;
    if (born === this.partition) return;
    throw new LineageFault(
      this.partition,
      `Expected log partition ${this.partition} to begin with its birth, but found ${born === undefined ? 'something else' : `that of ${born}`}.`,
    );
  }
}
