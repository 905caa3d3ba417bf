import type { Instant } from '@millrace/domain';
import {
  controlPartitions,
  rulesKnown,
  type DispatcherHeartbeat,
  type Heartbeat,
  type Topics,
} from '@millrace/protocol';
import { ControlSender } from './control-sender.js';
import { PartitionOwner } from './partition-owner.js';
import { readHeartbeat } from './read-heartbeat.js';
import {
  OffsetOutOfRange,
  type Clock,
  type Fetched,
  type Journal,
  type OwnershipHint,
  type RecordReader,
  type RecordWriter,
} from './ports.js';
import { OwnerRestorer } from './owner-restorer.js';
import type { Snapshots } from './snapshot-recovery.js';
import { TopicTail } from './topic-tail.js';
import { every, pause } from './waits.js';
import { WorkerLiveness } from './worker-liveness.js';

export interface DispatchLoopOptions {
  readonly topics: Topics;
  /** One reader per loop: log and heartbeats do not wait for each other. */
  readonly logReader: RecordReader;
  readonly heartbeatReader: RecordReader;
  readonly writer: RecordWriter;
  readonly ownership: OwnershipHint;
  readonly clock: Clock;
  readonly journal: Journal;
  /** This process's incarnation. */
  readonly by: string;
  /** 32 hex digits of chance. */
  readonly nonce: () => string;
  /** A worker is silent after this long. Default 10,000. */
  readonly sessionMs?: number;
  /** Between two heartbeats. Default 2,000. */
  readonly heartbeatMs?: number;
  /** Absent: every recovery folds the whole log, and nobody takes snapshots. */
  readonly snapshots?: Snapshots;
}

const fetchWaitMs = 200;
const retryMs = 250;
/** Heartbeats read at the start, so that living workers are known at once. */
const heartbeatsReread = 500;
/** Decisions that no fold asks for: timers, workers, unlisted attempts. */
const decideMs = 100;
/** An assigned partition whose epoch no heartbeat names for this long is claimed again. */
const ownerSilentMs = 10_000;

/**
 * A dispatcher: owns the partitions that it is told to take, each by its claim in the log. Reads the log of all of them in
 * one loop and the heartbeats in another; decides after every fold.
 */
export class DispatchLoop {
  readonly #options: DispatchLoopOptions;
  readonly #owners = new Map<number, PartitionOwner>();
  readonly #halted = new Map<number, Error>();
  readonly #restorer: OwnerRestorer;
  readonly #heardOwner = new Map<number, { epoch: number; at: number }>();
  readonly #liveness: WorkerLiveness;
  readonly #control: ControlSender;
  readonly #heartbeats: TopicTail;
  #running = false;
  #loop: Promise<void> = Promise.resolve();
  #cancelTimers: (() => void)[] = [];
  #progressAt = 0;
  #isReaching = false;

  constructor(options: DispatchLoopOptions) {
    const { writer, topics, journal, clock, heartbeatReader: reader, sessionMs = 10_000 } = options;
    this.#options = options;
    this.#liveness = new WorkerLiveness(sessionMs);
    this.#control = new ControlSender(writer, topics.control, controlPartitions, journal);
    this.#restorer = new OwnerRestorer({
      recovery: options.snapshots?.recovery,
      isWanted: (partition, owner) => this.#running && this.#owners.get(partition) === owner,
      halt: (partition, fault) => this.#halt(partition, fault),
      unreachable: (error) => this.#unreachable(error),
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
    await ownership.start({ assigned: (partitions) => this.#assign(partitions) });
  }

  /** Leaves the partitions to others. Tolerates being called twice. */
  async stop(): Promise<void> {
    if (!this.#running) return;
    this.#running = false;
    for (const cancel of this.#cancelTimers.splice(0)) cancel();
    await this.#options.ownership.stop();
    for (const owner of this.#owners.values()) owner.stop();
    await Promise.all([this.#loop, this.#heartbeats.stop()]);
    this.#owners.clear();
  }

  /** Phases and positions by partition; halted ones with their fault. */
  get partitions(): { partition: number; phase: string; position: number; waiting: number }[] {
    const running = [...this.#owners].map(([partition, { phase, position, state }]) => {
      return { partition, phase: phase as string, position, waiting: state.ready.waiting };
    });
    const halted = [...this.#halted.keys()].map((partition) => {
      return { partition, phase: 'halted', position: -1, waiting: 0 };
    });
    return [...running, ...halted];
  }

  /** Faults of halted partitions: they need an operator. */
  get faults(): readonly Error[] {
    return [...this.#halted.values()];
  }

  /** Does the log answer? When it last did, by this process's clock. */
  get reach(): { readonly isReaching: boolean; readonly at: number } {
    return { isReaching: this.#isReaching && this.#heartbeats.fault === undefined, at: this.#progressAt };
  }

  #assign(partitions: readonly number[]): void {
    for (const [partition, owner] of this.#owners) {
      if (partitions.includes(partition)) continue;
      owner.stop();
      this.#owners.delete(partition);
      this.#options.snapshots?.keeper.forget(partition);
    }
    for (const partition of partitions) {
      this.#owners.get(partition)?.claimAgain(0);
      if (this.#owners.has(partition) || this.#halted.has(partition)) continue;
      const { topics, writer, clock, journal, by, nonce } = this.#options;
      const shared = { topics, writer, clock, journal, by, nonce, control: this.#control, liveness: this.#liveness };
      const owner = new PartitionOwner({ ...shared, partition });
      this.#owners.set(partition, owner);
      this.#restorer.restore(partition, owner);
    }
    this.#options.journal.info({ partitions }, 'Partitions are assigned.');
  }

  async #readLog(): Promise<void> {
    const { logReader, topics, snapshots } = this.#options;
    while (this.#running) {
      const owners = [...this.#owners].filter(([, owner]) => !this.#restorer.isRestoring(owner));
      if (owners.length === 0) {
        await pause(this.#options.clock, 20);
        continue;
      }
      try {
        const positions = owners.map(([partition, { position }]) => ({
          topic: topics.log,
          partition,
          offset: position,
        }));
        for (const [partition, owner] of owners) {
          if (owner.needsBounds) owner.recoverTo((await logReader.bounds(topics.log, partition)).end);
        }
        this.#takeAll(await logReader.fetch(positions, fetchWaitMs));
        if (snapshots !== undefined) for (const owner of this.#owners.values()) owner.offer(snapshots.keeper);
        this.#reached(true);
      } catch (error) {
        if (error instanceof OffsetOutOfRange && error.topic === topics.log) this.#halt(error.partition, error);
        else await this.#unreachable(error);
      }
    }
  }

  /** Whatever a fold throws, its state is not to be trusted: that partition halts, its neighbours go on. */
  #takeAll(all: readonly Fetched[]): void {
    for (const fetched of all) {
      try {
        this.#owners.get(fetched.partition)?.take(fetched);
      } catch (error) {
        this.#halt(fetched.partition, error as Error);
      }
    }
  }

  #halt(partition: number, fault: Error): void {
    this.#owners.get(partition)?.stop();
    this.#owners.delete(partition);
    this.#halted.set(partition, fault);
    this.#options.journal.error({ partition, error: fault }, `The partition halts: ${fault.message}`);
  }

  #hear(at: Instant, heartbeat: Heartbeat | undefined): void {
    this.#liveness.passed(at);
    if (heartbeat?.kind === 'dispatcher') {
      for (const { partition, epoch } of heartbeat.partitions) this.#heardOwner.set(partition, { epoch, at });
    } else if (heartbeat?.kind === 'worker') {
      this.#liveness.heard(heartbeat, at);
      for (const owner of this.#owners.values()) owner.answer(heartbeat);
    }
  }

  #decideAll(): void {
    for (const [partition, owner] of this.#owners) {
      owner.decide();
      const heard = this.#heardOwner.get(partition);
      const isNamed = heard?.epoch === owner.state.epoch && heard.at > this.#liveness.time - ownerSilentMs;
      if (!isNamed && this.#liveness.isAtEnd) owner.claimAgain(ownerSilentMs);
    }
  }

  #beat(): void {
    const { writer, topics, clock, by, journal } = this.#options;
    const partitions = [...this.#owners.values()].flatMap((owner) => owner.owned ?? []);
    const heartbeat: DispatcherHeartbeat = {
      ...{ v: 1, kind: 'dispatcher', id: by, at: clock.now(), knows: rulesKnown, partitions },
    };
    for (const owner of this.#owners.values()) owner.sweep();
    writer
      .append(topics.workers, 0, [{ key: by, value: Buffer.from(JSON.stringify(heartbeat)) }])
      .catch((error: unknown) => {
        journal.warn({ error }, 'A heartbeat was not sent.');
      });
  }

  #reached(isReaching: boolean): void {
    this.#isReaching = isReaching;
    if (isReaching) this.#progressAt = this.#options.clock.now();
  }

  async #unreachable(error: unknown): Promise<void> {
    if (!this.#running) return;
    this.#noteFailure(error);
    await pause(this.#options.clock, retryMs);
  }

  #noteFailure(error: unknown): void {
    if (this.#isReaching) this.#options.journal.warn({ error }, 'The log does not answer; trying again.');
    this.#reached(false);
  }
}
