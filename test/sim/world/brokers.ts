import { planTopics, topicsOf } from '@millrace/protocol';
import { LogUnavailable, type Appended, type OutgoingRecord } from '@millrace/runtime';
import { InMemoryLog, type InMemoryPartition } from '@millrace/runtime/testing';
import type { Scheduler } from './scheduler.ts';

export const topics = topicsOf('s');
/** What the names of all task topics begin with. */
export const taskTopics = topics.log.replace(/log$/, 'tasks.');
export const logPartitions = 2;
export const taskPartitions = 3;
export const queues = ['default'] as const;

/** Hears of every append right after it landed. */
export type Landed = (log: InMemoryPartition) => void;

/** The brokers: all topics, the time that they stamp, and whether they answer. */
export class Brokers {
  readonly log: InMemoryLog;
  /** By how much the time of the brokers is wrong. */
  leapMs = 0;
  /** While it stands still. */
  stillAtMs: number | undefined;
  isDown = false;
  readonly #scheduler: Scheduler;
  readonly #landed: Landed;

  constructor(scheduler: Scheduler, landed: Landed, of: readonly string[] = queues) {
    this.#scheduler = scheduler;
    this.#landed = landed;
    const clock = { now: () => this.nowMs, uptimeMs: () => this.nowMs, after: () => () => undefined };
    const plan = planTopics({ prefix: 's', logPartitions, taskPartitions, queues: of });
    this.log = new InMemoryLog(clock, Object.fromEntries(plan.map(({ topic, partitions }) => [topic, partitions])));
  }

  get nowMs(): number {
    return this.stillAtMs ?? this.#scheduler.nowMs + this.leapMs;
  }

  /** Throws `TopicMissing`, and `LogUnavailable` while the brokers are down. */
  partition(topic: string, partition: number): InMemoryPartition {
    if (this.isDown) throw new LogUnavailable('Expected the log to answer, but it is down.');
    return this.log.partition(topic, partition);
  }

  append(topic: string, partition: number, records: readonly OutgoingRecord[]): Appended {
    const at = this.nowMs;
    const log = this.partition(topic, partition);
    const offset = log.append(at, records);
    this.#landed(log);
    return { offset, at };
  }
}
