import type { Band } from '../band.js';
import type { Instant, TaskIndex } from '../ids.js';
import type { Run } from '../run/run.js';
import { PausedRuns } from './paused-runs.js';
import { QueueLines } from './queue-lines.js';
import { isLive, type ReadyEntry, type ReadyRing } from './ready-ring.js';

/** What the bands of a queue have gained, as it travels in a snapshot. */
export type SharesGained = readonly [queue: string, gained: readonly number[]];

/** Task runs that wait for a worker, by queue. A queue in which nothing waits is forgotten, with what its bands were owed. */
export class ReadyQueue {
  readonly #queues = new Map<string, QueueLines>();
  /** Their task runs stand in no ring, and are not counted as waiting. */
  readonly paused = new PausedRuns();
  #seq = 0;
  #waiting = 0;

  /** Task runs queued of runs that are not paused. */
  get waiting(): number {
    return this.#waiting;
  }

  /** @param at partition time: never less than at the call before. */
  add(run: Run, task: TaskIndex, at: Instant): void {
    this.#add({ run, task, attempt: run.attemptNumberOf(task), seq: ++this.#seq, since: at });
  }

  /** Of the task run that was queued last. */
  get lastSeq(): number {
    return this.#seq;
  }

  /**
   * Fills an empty queue, for state that comes from a snapshot: entries ring by ring, as `rings` gave them, and those of
   * paused runs, which are told before.
   */
  restore(lastSeq: number, entries: Iterable<ReadyEntry>, shares: Iterable<SharesGained>): void {
    this.#seq = lastSeq;
    for (const entry of entries) this.#add(entry);
    for (const [queue, gained] of shares) this.#queues.get(queue)?.restoreShares(gained);
  }

  /** From now on nothing of the run stands in a ring. Linear in its task runs, and in what stands before them. */
  pause(run: Run, at: Instant): void {
    this.paused.pause(run, at, this.#takeOut(run));
  }

  /** What was queued before or during the pause waits where its age belongs. */
  resume(run: Run): void {
    this.#putBack(run, this.paused.release(run).filter(isLive));
  }

  /** `change` gives task runs of the run other bands: what is queued stands there at once, where its age belongs. */
  reband(run: Run, change: () => void): void {
    const moved = this.paused.has(run) ? [] : this.#takeOut(run);
    change();
    this.#putBack(run, moved);
  }

  #takeOut(run: Run): ReadyEntry[] {
    const taken: ReadyEntry[] = [];
    for (const { task, count } of placesOf(run)) {
      const { queue, handler } = run.task(task);
      const lines = this.#queues.get(queue)!;
      for (const entry of lines.takeOut(run.bandOf(task), handler, run, count)) taken.push(entry);
      if (lines.waiting === 0) this.#queues.delete(queue);
    }
    this.#waiting -= taken.length;
    return taken;
  }

  #putBack(run: Run, entries: readonly ReadyEntry[]): void {
    const places = new Map<string, ReadyEntry[]>();
    for (const entry of entries) {
      const place = placeOf(run, entry.task);
      const there = places.get(place);
      if (there === undefined) places.set(place, [entry]);
      else there.push(entry);
    }
    for (const together of places.values()) {
      const { task } = together[0]!;
      this.#linesOf(run, task).putBack(run.bandOf(task), run.task(task).handler, together);
    }
    this.#waiting += entries.length;
  }

  #add(entry: ReadyEntry): void {
    if (this.paused.keep(entry)) return;
    const { run, task } = entry;
    this.#linesOf(run, task).push(run.bandOf(task), run.task(task).handler, entry);
    this.#waiting += 1;
  }

  #linesOf(run: Run, task: TaskIndex): QueueLines {
    const { queue } = run.task(task);
    let lines = this.#queues.get(queue);
    if (lines === undefined) {
      lines = new QueueLines(queue);
      this.#queues.set(queue, lines);
    }
    return lines;
  }

  /** The task run's status has just left `queued`. */
  left(run: Run, task: TaskIndex): void {
    if (this.paused.has(run)) return;
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

/** Rings in which a run that is not paused stands: a task run of each, and how many of the run stand in it. */
function placesOf(run: Run): Iterable<{ readonly task: TaskIndex; readonly count: number }> {
  const places = new Map<string, { task: TaskIndex; count: number }>();
  for (let task = 0; task < run.dag.tasks.length; task++) {
    if (run.statusOf(task) !== 'queued') continue;
    const place = placeOf(run, task);
    const found = places.get(place);
    if (found === undefined) places.set(place, { task, count: 1 });
    else found.count += 1;
  }
  return places.values();
}

/** Names the ring of a task run. */
function placeOf(run: Run, task: TaskIndex): string {
  const { queue, handler } = run.task(task);
  return `${run.bandOf(task)} ${queue} ${handler}`;
}
