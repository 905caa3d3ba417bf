import type { Band } from '../band.js';
import type { Instant, TaskIndex } from '../ids.js';
import type { Run } from '../run/run.js';
import { QueueLines } from './queue-lines.js';
import type { ReadyEntry, ReadyRing } from './ready-ring.js';

/** What the bands of a queue have gained, as it travels in a snapshot. */
export type SharesGained = readonly [queue: string, gained: readonly number[]];

/** Task runs that wait for a worker, by queue. A queue in which nothing waits is forgotten, with what its bands were owed. */
export class ReadyQueue {
  readonly #queues = new Map<string, QueueLines>();
  #seq = 0;
  #waiting = 0;

  /** Task runs queued. */
  get waiting(): number {
    return this.#waiting;
  }

  /** @param at partition time: never less than at the call before. */
  add(run: Run, task: TaskIndex, at: Instant): void {
    this.#push({ run, task, attempt: run.attemptNumberOf(task), seq: ++this.#seq, since: at });
  }

  /** Of the task run that was queued last. */
  get lastSeq(): number {
    return this.#seq;
  }

  /** Fills an empty queue, for state that comes from a snapshot: entries ring by ring, as `rings` gave them. */
  restore(lastSeq: number, entries: Iterable<ReadyEntry>, shares: Iterable<SharesGained>): void {
    this.#seq = lastSeq;
    for (const entry of entries) this.#push(entry);
    for (const [queue, gained] of shares) this.#queues.get(queue)?.restoreShares(gained);
  }

  #push(entry: ReadyEntry): void {
    const { queue, handler } = entry.run.task(entry.task);
    let lines = this.#queues.get(queue);
    if (lines === undefined) {
      lines = new QueueLines(queue);
      this.#queues.set(queue, lines);
    }
    lines.push(entry.run.bandOf(entry.task), handler, entry);
    this.#waiting += 1;
  }

  /** The task run's status has just left `queued`. */
  left(run: Run, task: TaskIndex): void {
    const { queue, handler } = run.task(task);
    const lines = this.#queues.get(queue)!;
    lines.left(run.bandOf(task), handler);
    if (lines.waiting === 0) this.#queues.delete(queue);
    this.#waiting -= 1;
  }

  /** After `left`, where the task run was dispatched: the bands of its queue gain their shares. */
  taken(run: Run, task: TaskIndex): void {
    const lines = this.#queues.get(run.task(task).queue);
    lines?.shares.taken(run.bandOf(task), lines.waitingByBand);
  }

  /** Queues in which something waits, in the order in which they came to be. */
  queues(): IterableIterator<QueueLines> {
    return this.#queues.values();
  }

  /** Rings of a band that hold something, queue by queue. */
  *rings(band: Band): Generator<ReadyRing> {
    for (const lines of this.#queues.values()) yield* lines.ringsOf(band);
  }
}
