import type { FoldSink } from '@millrace/domain';
import { LineageFault, outOfLog } from './births.js';
import { commitProjected } from './commit-projected.js';
import { GapWatch } from './gap-watch.js';
import { KnownGaps } from './known-gaps.js';
import { ProjectionTally } from './metrics/projection-tally.js';
import {
  LogUnavailable,
  OffsetOutOfRange,
  TopicMissing,
  ProjectionUnavailable,
  type PositionTaken,
  type Fetched,
  type Position,
  type ProjectionPosition,
} from './ports.js';
import type { Offered } from './snapshot-keeper.js';
import { noteRecovered } from './snapshot-recovery.js';
import type { ProjectionLoopOptions } from './projection-loop-options.js';
import { lagOf, standingOf, type Standing } from './projection-standing.js';
import { StoredWatch } from './stored-watch.js';
import { checkToldBy, takeUp, type Projected } from './take-up-projection.js';
import { TakeOverChecks } from './take-over-checks.js';
import { pause } from './waits.js';

const fetchWaitMs = 200;
const retryMs = 250;
/** After so many rows of task runs a partition's next record waits for the next transaction. */
const taskRowsPerCommit = 10_000;

/**
 * Folds the log into rows: rows and positions change together, a position by compare-and-set. Whoever finds a position
 * moved by another drops that partition alone and recovers it later, as at the start: a silent fold up to the store's position.
 */
export class ProjectionLoop {
  /** What it has done since it was made. */
  readonly tally = new ProjectionTally();
  readonly #options: ProjectionLoopOptions;
  #assigned: readonly number[] = [];
  readonly #projected = new Map<number, Projected>();
  readonly #halted = new Map<number, Error>();
  readonly #gaps: KnownGaps;
  readonly #gapWatch: GapWatch;
  readonly #storedWatch: StoredWatch;
  readonly #checks: TakeOverChecks;
  /** When a partition that another projector had is looked at again, by `uptimeMs`. */
  readonly #notBefore = new Map<number, number>();
  #running = false;
  #loop: Promise<void> = Promise.resolve();
  #state: 'starting' | 'log-down' | 'store-down' | 'running' = 'starting';
  #progressAt = 0;

  constructor(options: ProjectionLoopOptions) {
    this.#options = options;
    const { reader, topics, clock, journal, snapshots, soundness } = options;
    this.#storedWatch = new StoredWatch(options.store, clock);
    this.#gaps = snapshots?.recovery.gaps ?? new KnownGaps();
    this.#gapWatch = new GapWatch({ reader, topic: topics.log, known: this.#gaps, clock, journal });
    this.#checks = new TakeOverChecks({
      ...{ soundness, clock, isRunning: () => this.#running },
      halt: (partition, fault) => this.#assigned.includes(partition) && this.#halt(partition, fault),
    });
  }

  async start(): Promise<void> {
    if (this.#running) return;
    this.#running = true;
    this.#progressAt = this.#options.clock.uptimeMs();
    this.#loop = this.#run();
    await this.#options.ownership.start({ assigned: (partitions) => this.#assign(partitions) });
  }

  /** Leaves the group at once and stores what the next recovery would take long to fold. Tolerates being called twice. */
  async stop(): Promise<void> {
    if (!this.#running) return;
    this.#running = false;
    await Promise.all([this.#options.ownership.stop(), this.#handOver()]);
  }

  async #handOver(): Promise<void> {
    await this.#loop;
    await this.#options.snapshots?.keeper.handOver(this.#offered());
  }

  /**
   * How the loop fares: `progressAt` is when it last went round, reading, folding and storing what there was, by `uptimeMs` of
   * this process's clock. It stands still while a server is waited for, and while what was read cannot be projected.
   */
  get status(): { readonly state: string; readonly progressAt: number; readonly lag: number } {
    return { state: this.#state, progressAt: this.#progressAt, lag: lagOf(this.#projected.values()) };
  }

  /** Next offsets by partition as stored. */
  get positions(): Standing['positions'] {
    return this.standing.positions;
  }

  /** Where each partition stands that it has and that has not halted. */
  get projected(): { readonly partition: number; readonly lag: number; readonly stored: ProjectionPosition }[] {
    return [...this.#projected.values()].map((one) => {
      return { partition: one.fold.partition, lag: lagOf([one]), stored: one.stored };
    });
  }

  /** What a heartbeat says of it. */
  get standing(): Standing {
    return standingOf(this.#projected, this.#halted);
  }

  /** Faults of halted partitions: they need an operator. */
  get faults(): readonly Error[] {
    return [...this.#halted.values()];
  }

  #assign(partitions: readonly number[]): void {
    this.#assigned = partitions;
    this.#options.journal.info({ partitions }, 'Partitions are assigned.');
  }

  async #run(): Promise<void> {
    while (this.#running) {
      try {
        for (const partition of [...(await this.#gapWatch.look()), ...this.#checks.mended()])
          this.#halted.delete(partition);
        await this.#takeUpAssigned();
        await (this.#projected.size === 0 ? pause(this.#options.clock, 20) : this.#turn());
        this.#progressAt = this.#options.clock.uptimeMs();
      } catch (error) {
        await this.#afterFault(error);
      }
    }
  }

  async #takeUpAssigned(): Promise<void> {
    for (const partition of this.#projected.keys()) {
      if (this.#assigned.includes(partition)) continue;
      this.#projected.delete(partition);
      this.#options.snapshots?.keeper.forget(partition);
    }
    for (const partition of this.#assigned) {
      if (this.#projected.has(partition) || this.#halted.has(partition)) continue;
      if (this.#options.clock.uptimeMs() < (this.#notBefore.get(partition) ?? 0)) continue;
      await this.#checks.look(partition);
      if (this.#halted.has(partition)) continue;
      try {
        this.#projected.set(partition, await takeUp(partition, { ...this.#options, gaps: this.#gaps }));
      } catch (error) {
        if (!(error instanceof LineageFault)) throw error;
        this.#halt(partition, error);
      }
    }
  }

  /** One read, one fold, one transaction. */
  async #turn(): Promise<void> {
    const { log: topic } = this.#options.topics;
    const positions = [...this.#projected].map(([partition, { fold }]) => ({
      topic,
      partition,
      offset: fold.position,
    }));
    for (const one of await this.#fetch(positions)) this.#fold(one);
    await this.#commit();
    for (const taken of await this.#storedWatch.moved(this.#projected)) this.#taken(taken);
    this.#offer();
    this.#state = 'running';
  }

  #offer(): void {
    const { snapshots } = this.#options;
    for (const { fold, rows } of this.#offered()) snapshots?.keeper.consider(fold, rows);
  }

  /** Snapshots are taken where the store stands: what it has not, no snapshot of ours may be past. */
  *#offered(): Generator<Offered> {
    for (const { fold, rows, stored } of this.#projected.values()) {
      if (fold.state.position === stored.to) yield { fold, rows: () => rows.capture() };
    }
  }

  /** A partition whose records were deleted halts; the others are read in the next turn. */
  async #fetch(positions: readonly Position[]): Promise<Fetched[]> {
    try {
      return await this.#options.reader.fetch(positions, fetchWaitMs);
    } catch (error) {
      if (!(error instanceof OffsetOutOfRange)) throw error;
      this.#halt(error.partition, outOfLog(error));
      return [];
    }
  }

  #fold({ partition, records, endOffset }: Fetched): void {
    const projected = this.#projected.get(partition);
    if (projected === undefined) return;
    projected.endOffset = endOffset;
    try {
      for (const record of records) {
        const { fold, rows, stored } = projected;
        if (rows.gathered >= taskRowsPerCommit) break;
        rows.offset = record.offset;
        const isBehind = fold.state.position < stored.to;
        if (fold.take(record, rows satisfies FoldSink) === 'fetch-again') break;
        this.tally.recordsFolded += 1;
        if (fold.state.position <= stored.to) rows.take();
        if (!isBehind || fold.state.position < stored.to) continue;
        checkToldBy(projected, this.#options.topics.log);
        noteRecovered(this.#options.journal, fold, stored.to);
      }
    } catch (error) {
      this.#halt(partition, error as Error);
    }
  }

  /** Whatever a fold throws, its rows are not to be trusted: none of them are written, and the neighbours go on. */
  #halt(partition: number, fault: Error): void {
    this.#projected.delete(partition);
    this.#halted.set(partition, fault);
    this.#gapWatch.halted(fault);
    this.#options.journal.error({ partition, error: fault }, `The partition halts: ${fault.message}`);
  }

  #commit(): Promise<void> {
    const { store, clock, journal } = this.#options;
    return commitProjected(this.#projected.values(), {
      ...{ store, clock, tally: this.tally },
      isRunning: () => this.#running,
      waiting: (error) => {
        this.#state = 'store-down';
        journal.warn({ error }, 'The store does not answer; trying again.');
      },
      taken: (taken) => this.#taken(taken),
    });
  }

  #taken({ partition, message }: PositionTaken): void {
    const { journal, clock } = this.#options;
    journal.warn({ partition }, message);
    this.#projected.delete(partition);
    this.#notBefore.set(partition, clock.uptimeMs() + retryMs);
  }

  /** A server that is down is waited for. After anything else the rows in memory are not the store's: recover from the log. */
  async #afterFault(error: unknown): Promise<void> {
    const { journal } = this.#options;
    if (error instanceof ProjectionUnavailable || error instanceof LogUnavailable || error instanceof TopicMissing) {
      const state = error instanceof ProjectionUnavailable ? 'store-down' : 'log-down';
      if (this.#state !== state) journal.warn({ error }, 'A server does not answer; trying again.');
      this.#state = state;
    } else {
      journal.error({ error }, 'A batch was not projected; recovering from the log.');
      this.#projected.clear();
    }
    await pause(this.#options.clock, retryMs);
  }
}
