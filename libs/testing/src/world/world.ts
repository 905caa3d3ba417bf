import { bandNamesHighestFirst, planTopics, topicsOf } from '@millrace/protocol';
import { ensureBorn, type Journal } from '@millrace/runtime';
import { Chance, InMemoryGroup, InMemoryLog, InMemoryProjectionStore } from '@millrace/runtime/in-memory';
import type { HandlerCalls } from '../time/handler-calls.js';
import type { Moving } from '../time/timeline.js';
import type { VirtualClock } from '../time/virtual-clock.js';
import { TaskGroup } from './task-group.js';
import { isUnderWay, Witness } from './witness.js';

export const topics = topicsOf('test');
export const logPartitions = 1;
const taskPartitions = 8;
/** Heartbeats are read as they come: nobody looks at older ones. */
const heartbeatsKept = 600;
/** After so much virtual time without a record nothing is on its way any more. */
const quietMs = 5_000;
/** And after this long nothing is that ought to be. */
const silentMs = 90_000;

/** The servers: topics, groups and rows, all in memory, and what the log means by now. */
export class World implements Moving {
  readonly log: InMemoryLog;
  readonly store = new InMemoryProjectionStore();
  readonly chance: Chance;
  readonly dispatchers = new InMemoryGroup(logPartitions);
  readonly workers: TaskGroup;
  readonly witness: Witness;
  readonly #listeners = new Set<() => void>();
  /** Instants at which something happens that the log does not know of. */
  readonly #due = new Set<number>();
  #landedAt = 0;

  constructor(
    readonly time: VirtualClock,
    readonly calls: HandlerCalls,
    readonly journal: Journal,
    readonly queues: readonly string[],
    seed: number,
  ) {
    this.chance = new Chance(seed);
    const plan = planTopics({ prefix: 'test', logPartitions, taskPartitions, queues });
    this.log = new InMemoryLog(time, Object.fromEntries(plan.map(({ topic, partitions }) => [topic, partitions])));
    const taskTopics = queues.map((queue) => [queue, bandNamesHighestFirst.map((band) => topics.tasks(queue, band))]);
    this.workers = new TaskGroup(this.log, time, Object.fromEntries(taskTopics) as never, taskPartitions);
    const partition = this.log.partition(topics.log, 0);
    this.witness = new Witness(partition, this.store, () => this.#heard());
    const heartbeats = this.log.partition(topics.workers, 0);
    heartbeats.onAppend(() => {
      if (heartbeats.records.length >= 2 * heartbeatsKept) heartbeats.trim(heartbeats.end - heartbeatsKept);
    });
  }

  async bear(): Promise<void> {
    const { log, time: clock, chance } = this;
    const { log: topic } = topics;
    const nonce = () => chance.hex(32);
    await ensureBorn({ reader: log.reader(), writer: log, cluster: 'test', partitions: logPartitions, topic, clock, nonce }); // prettier-ignore
  }

  /** Calls after each change of rows until the returned function is called. */
  onRows(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Something will happen then, until the returned function is called. */
  due(at: number): () => void {
    this.#due.add(at);
    return () => void this.#due.delete(at);
  }

  get isAtRest(): boolean {
    const { state } = this.witness;
    const now = this.time.now();
    const next = state.timers.nextAt();
    if (next !== undefined && next <= now) return false;
    const stillMs = now - this.#landedAt;
    if (stillMs < quietMs || state.sweeping.size > 0) return false;
    return stillMs > silentMs || !isUnderWay(state, this.calls.open);
  }

  nextDueAt(): number | undefined {
    const now = this.time.now();
    const all = [this.witness.state.timers.nextAt(), ...this.#due, ...this.#closes()];
    const ahead = all.filter((at) => at !== undefined && at > now) as number[];
    return ahead.length === 0 ? undefined : Math.min(...ahead);
  }

  moves(isMoving: boolean): void {
    this.workers.open(isMoving);
  }

  *#closes(): Iterable<number> {
    for (const { closeAt } of this.calls.open.values()) yield closeAt;
  }

  #heard(): void {
    this.#landedAt = this.time.now();
    this.time.stir();
    for (const listener of [...this.#listeners]) listener();
  }
}
