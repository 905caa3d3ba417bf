import type { Clock, LogRecord, TaskSource, TaskSourceListener } from '../ports.js';
import type { InMemoryLog } from './in-memory-log.js';

/** Task topics of a worker: by queue its topics, all with equally many partitions. */
export type TaskTopics = Readonly<Record<string, readonly string[]>>;

/**
 * Membership in the hands of a test: `join` assigns partitions, `leave` begins a rebalance. Records come from the log's
 * task topics through `deliver`, or from the test through `push`. Committed offsets are shared through `committed`, so that
 * a second source goes on where the first one stopped.
 */
export class InMemoryTaskSource implements TaskSource {
  private listener: TaskSourceListener | undefined;
  private readonly positions = new Map<string, { topic: string; partition: number; offset: number }>();
  private readonly settled = new Map<string, number>();
  private heartbeatSentAt = -Infinity;
  private isMember = false;

  constructor(
    private readonly log: InMemoryLog,
    private readonly clock: Clock,
    private readonly topics: TaskTopics,
    /** Next offsets by `topic/partition`, as the broker keeps them for the group. */
    readonly committed: Map<string, number> = new Map(),
  ) {}

  async start(listener: TaskSourceListener): Promise<void> {
    this.listener = listener;
  }

  get isStarted(): boolean {
    return this.listener !== undefined;
  }

  settle(topic: string, partition: number, nextOffset: number): void {
    const name = `${topic}/${partition}`;
    if (this.positions.has(name)) this.settled.set(name, Math.max(this.settled.get(name) ?? 0, nextOffset));
  }

  lastHeartbeatSentAt(): number {
    return this.heartbeatSentAt;
  }

  async stop(): Promise<void> {
    this.leave();
    this.listener = undefined;
  }

  /** A join that gives these partitions by queue; whatever was held before is left first. Counts as a heartbeat. */
  join(queues: Readonly<Record<string, readonly number[]>>): void {
    if (this.listener === undefined) return;
    this.leave();
    this.isMember = true;
    this.heartbeat();
    const ends = new Map<string, number>();
    for (const [queue, partitions] of Object.entries(queues)) {
      for (const topic of this.topics[queue] ?? []) {
        for (const partition of partitions) {
          const name = `${topic}/${partition}`;
          const { start, end } = this.log.partition(topic, partition);
          ends.set(name, end);
          this.positions.set(name, { topic, partition, offset: this.committed.get(name) ?? start });
        }
      }
    }
    this.listener.joined({ queues, endOf: (topic, partition) => ends.get(`${topic}/${partition}`) ?? 0 });
  }

  /** A rebalance begins: what is settled is committed, and nothing is delivered until the next `join`. */
  leave(): void {
    if (!this.isMember) return;
    this.isMember = false;
    this.listener?.left();
    this.commit();
    this.positions.clear();
  }

  heartbeat(): void {
    this.heartbeatSentAt = this.clock.uptimeMs();
  }

  commit(): void {
    for (const [name, offset] of this.settled) this.committed.set(name, offset);
    this.settled.clear();
  }

  /** Hands over everything that the held partitions have by now. */
  deliver(): void {
    for (const position of this.positions.values()) {
      const { topic, partition } = position;
      const records = this.log.partition(topic, partition).from(position.offset);
      const last = records.at(-1);
      if (last === undefined) continue;
      position.offset = last.offset + 1;
      void this.listener?.records(topic, partition, records);
    }
  }

  /** Hands over any records, also ones that are not in the log. */
  push(topic: string, partition: number, records: readonly LogRecord[]): void {
    void this.listener?.records(topic, partition, records);
  }
}
