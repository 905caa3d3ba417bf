import type { Instant } from '@millrace/domain';
import { controlPartitions, type Heartbeat } from '@millrace/protocol';
import { outOfLog } from './births.js';
import { ControlSender } from './control-sender.js';
import { dispatcherBeat } from './dispatcher-beat.js';
import type { DispatchLoopOptions } from './dispatch-loop-options.js';
import { DispatchersHeard, ownerSilentMs } from './dispatchers-heard.js';
import { DispatchPartitions } from './dispatch-partitions.js';
import { GapWatch } from './gap-watch.js';
import { handOverMsMax } from './hand-over.js';
import { KnownGaps } from './known-gaps.js';
import { LogReach } from './log-reach.js';
import { PartitionOwner } from './partition-owner.js';
import { readHeartbeat } from './read-heartbeat.js';
import { DispatchTally } from './metrics/dispatch-tally.js';
import { OffsetOutOfRange, type Fetched } from './ports.js';
import { OwnerRestorer } from './owner-restorer.js';
import { TakeOverChecks } from './take-over-checks.js';
import { TopicTail } from './topic-tail.js';
import { every, pause } from './waits.js';
import { WorkerLiveness } from './worker-liveness.js';

const fetchWaitMs = 200;
/** Heartbeats read at the start, so that living workers are known at once. */
const heartbeatsReread = 500;
/** Decisions that no fold asks for: timers, workers, unlisted attempts. */
const decideMs = 100;

/**
 * A dispatcher: owns the partitions that it is told to take, each by its claim in the log. Reads the log of all of them in
 * one loop and the heartbeats in another; decides after every fold.
 */
export class DispatchLoop {
  /** What it has done since it was made. */
  readonly tally = new DispatchTally();
  readonly #options: DispatchLoopOptions;
  readonly #partitions: DispatchPartitions;
  readonly #gaps: KnownGaps;
  readonly #gapWatch: GapWatch;
  readonly #checks: TakeOverChecks;
  readonly #restorer: OwnerRestorer;
  readonly #dispatchers: DispatchersHeard;
  readonly #liveness: WorkerLiveness;
  readonly #control: ControlSender;
  readonly #heartbeats: TopicTail;
  #running = false;
  #leaving: Promise<void> | undefined;
  #loop: Promise<void> = Promise.resolve();
  #cancelTimers: (() => void)[] = [];
  readonly #reach: LogReach;

  constructor(options: DispatchLoopOptions) {
    const { writer, topics, journal, clock, heartbeatReader: reader, sessionMs = 10_000 } = options;
    this.#options = options;
    this.#liveness = new WorkerLiveness(sessionMs);
    this.#dispatchers = new DispatchersHeard(options.by, () => this.#liveness.time);
    this.#reach = new LogReach(clock, journal);
    this.#control = new ControlSender(writer, topics.control, controlPartitions, journal);
    this.#gaps = options.snapshots?.recovery.gaps ?? new KnownGaps();
    this.#gapWatch = new GapWatch({ reader: options.logReader, topic: topics.log, known: this.#gaps, clock, journal });
    this.#checks = new TakeOverChecks({
      ...{ soundness: options.soundness, clock, isRunning: () => this.#running },
      halt: (partition, fault) => this.#partitions.owners.has(partition) && this.#partitions.halt(partition, fault),
    });
    this.#partitions = new DispatchPartitions({
      ...{ clock, journal },
      made: (partition) => this.#made(partition),
      taken: (partition, owner) => this.#restorer.restore(partition, owner),
      claimed: (partition) => void this.#checks.look(partition),
      halted: (fault) => this.#gapWatch.halted(fault),
      dropped: (partition) => options.snapshots?.keeper.forget(partition),
    });
    this.#restorer = new OwnerRestorer({
      recovery: options.snapshots?.recovery,
      checks: this.#checks,
      isWanted: (partition, owner) => this.#running && this.#partitions.owners.get(partition) === owner,
      halt: (partition, fault) => this.#partitions.halt(partition, fault),
      unreachable: (error) => this.#reach.failed(error),
    });
    this.#heartbeats = new TopicTail({
      reader,
      topic: topics.workers,
      from: { lastRecords: heartbeatsReread },
      waitMsMax: fetchWaitMs,
      clock,
      journal,
      onRecord: ({ at, value }) => this.#hear(at, readHeartbeat(value)),
      onRead: (atEnd) => this.#liveness.reached(atEnd),
    });
  }

  /** Resolves when the loops run; tolerates being called twice. */
  async start(): Promise<void> {
    if (this.#running) return;
    this.#running = true;
    const { ownership, clock, heartbeatMs = 2_000 } = this.#options;
    this.#loop = this.#readLog();
    this.#heartbeats.start();
    this.#cancelTimers = [
      every(clock, decideMs, () => this.#decideAll()),
      every(clock, heartbeatMs, () => this.#beat()),
    ];
    await ownership.start({
      assigned: (partitions) => this.#leaving === undefined && this.#partitions.assign(partitions),
    });
  }

  /**
   * Hands its partitions over: leaves the group and says so at once, goes on deciding until another has claimed them, and
   * stores what a recovery would take long to fold; some 3 s at most, and none of it where nobody else lives. Tolerates
   * being called twice.
   */
  stop(): Promise<void> {
    if (this.#running) this.#leaving ??= this.#leave().finally(() => (this.#leaving = undefined));
    return this.#leaving ?? Promise.resolve();
  }

  async #leave(): Promise<void> {
    const { ownership, snapshots } = this.#options;
    this.#partitions.releaseAll();
    this.#beat(true);
    const owners = [...this.#partitions.owners.values()];
    await Promise.all([ownership.stop(), snapshots?.keeper.handOver(owners.map(({ fold }) => ({ fold })))]);
    await this.#handedOver();
    this.#running = false;
    for (const cancel of this.#cancelTimers.splice(0)) cancel();
    this.#partitions.stop();
    await Promise.all([this.#loop, this.#heartbeats.stop(), ...owners.map((owner) => owner.published())]);
  }

  /** Resolves when others own what was ours, when nobody is there to take it, or after 3 s. */
  async #handedOver(): Promise<void> {
    const { clock } = this.#options;
    const until = clock.uptimeMs() + handOverMsMax;
    const { owners } = this.#partitions;
    while (owners.size > 0 && this.#reach.isReaching && this.#dispatchers.othersLive && clock.uptimeMs() < until) {
      await pause(clock, 20);
      this.#partitions.dropReleased();
    }
  }

  /** Phases and positions by partition; halted ones with their fault. */
  get partitions(): { partition: number; phase: string; position: number; waiting: number }[] {
    return this.#partitions.told;
  }

  /** Those of the partitions that it has and that have not halted. */
  get owners(): ReadonlyMap<number, PartitionOwner> {
    return this.#partitions.owners;
  }

  /** Workers heard within a session. */
  get workersLiving(): number {
    return [...this.#liveness.living()].length;
  }

  /** Faults of halted partitions: they need an operator. */
  get faults(): readonly Error[] {
    return this.#partitions.faults;
  }

  /** Does the log answer? When it last did, or nothing was to be read, by `uptimeMs` of this process's clock. */
  get reach(): { readonly isReaching: boolean; readonly at: number } {
    return { isReaching: this.#reach.isReaching && this.#heartbeats.fault === undefined, at: this.#reach.at };
  }

  #made(partition: number): PartitionOwner {
    const shared = { control: this.#control, liveness: this.#liveness, gaps: this.#gaps, tally: this.tally };
    return new PartitionOwner({ ...this.#options, ...shared, partition });
  }

  async #readLog(): Promise<void> {
    const { logReader, topics, snapshots } = this.#options;
    while (this.#running) {
      try {
        for (const partition of [...(await this.#gapWatch.look()), ...this.#checks.mended()])
          this.#partitions.goOn(partition);
        const owners = [...this.#partitions.owners].filter(([, owner]) => !this.#restorer.isRestoring(owner));
        if (owners.length === 0) {
          this.#reach.idle();
          await pause(this.#options.clock, 20);
          continue;
        }
        const { log: topic } = topics;
        const positions = owners.map(([partition, { position: offset }]) => ({ topic, partition, offset }));
        for (const [partition, owner] of owners) {
          if (owner.needsBounds) owner.recoverTo((await logReader.bounds(topics.log, partition)).end);
        }
        this.#takeAll(await logReader.fetch(positions, fetchWaitMs));
        if (snapshots !== undefined)
          for (const owner of this.#partitions.owners.values()) owner.offer(snapshots.keeper);
        this.#reach.answered();
      } catch (error) {
        if (error instanceof OffsetOutOfRange && error.topic === topics.log)
          this.#partitions.halt(error.partition, outOfLog(error));
        else if (this.#running) await this.#reach.failed(error);
      }
    }
  }

  /** Whatever a fold throws, its state is not to be trusted: that partition halts, its neighbours go on. */
  #takeAll(all: readonly Fetched[]): void {
    for (const fetched of all) {
      this.tally.ends.set(fetched.partition, fetched.endOffset);
      try {
        this.#partitions.owners.get(fetched.partition)?.take(fetched);
      } catch (error) {
        this.#partitions.halt(fetched.partition, error as Error);
      }
    }
  }

  #hear(at: Instant, heartbeat: Heartbeat | undefined): void {
    const heardAt = this.#liveness.passed(at);
    if (heartbeat?.kind === 'dispatcher') {
      this.#dispatchers.heard(heartbeat, heardAt);
      if (heartbeat.leaving === true)
        for (const { partition } of heartbeat.partitions) this.#partitions.claimAgain(partition, 0);
    } else if (heartbeat?.kind === 'worker') {
      this.#liveness.heard(heartbeat);
      for (const owner of this.#partitions.owners.values()) owner.answer(heartbeat);
    }
  }

  #decideAll(): void {
    this.#partitions.dropReleased();
    for (const [partition, owner] of this.#partitions.owners) {
      owner.decide();
      const isNamed = this.#dispatchers.names(partition, owner.state.epoch);
      if (!isNamed && this.#liveness.isAtEnd) this.#partitions.claimAgain(partition, ownerSilentMs);
    }
  }

  #beat(isLeaving = this.#leaving !== undefined): void {
    const { writer, topics, by, journal, clock, knows } = this.#options;
    for (const owner of this.#partitions.owners.values()) owner.sweep();
    writer
      .append(topics.workers, 0, [dispatcherBeat(by, clock.now(), this.#partitions, isLeaving, knows)])
      .catch((error: unknown) => journal.warn({ error }, 'A heartbeat was not sent.'));
  }
}
