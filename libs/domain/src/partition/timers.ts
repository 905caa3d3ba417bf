import type { Instant, TaskIndex } from '../ids.js';
import type { Run } from '../run/run.js';

/**
 * What is due: `due`, the end of a task run's back-off or delay; `start-by` and `close-by`, its schedule-to-start and
 * schedule-to-close; `run-close-by`, the schedule-to-close of its run.
 */
export type TimerKind = 'due' | 'start-by' | 'close-by' | 'run-close-by';

/** Stale when the run does not hold this instant for it any more. */
export interface Timer {
  readonly at: Instant;
  readonly run: Run;
  /** 0 for what concerns the run. */
  readonly task: TaskIndex;
  readonly kind: TimerKind;
}

/** A timer with its place in the order of setting. */
export interface SetTimer {
  readonly timer: Timer;
  readonly seq: number;
}

/** Fewer entries than this are never looked through for stale ones. */
const fewEntries = 1_024;

/**
 * Timers by due time, then by order of setting: a binary heap. Stale ones are dropped when they come up, and all at once
 * when they may be more than half: most deadlines are never reached, and each would hold its run.
 */
export class Timers {
  #heap: SetTimer[] = [];
  #seq = 0;
  #sweepAt = fewEntries;

  set(timer: Timer): void {
    const heap = this.#heap;
    const entry = { timer, seq: ++this.#seq };
    let index = heap.push(entry) - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!before(entry, heap[parent]!)) break;
      heap[index] = heap[parent]!;
      index = parent;
    }
    heap[index] = entry;
    if (heap.length >= this.#sweepAt) this.#sweep();
  }

  /** Entries held, stale ones included: what it costs in memory. */
  get size(): number {
    return this.#heap.length;
  }

  /** When the next live timer is due. */
  nextAt(): Instant | undefined {
    this.#dropStale();
    return this.#heap[0]?.timer.at;
  }

  /** Takes the next live timer that is due at `until` or before. */
  takeDue(until: Instant): Timer | undefined {
    this.#dropStale();
    const first = this.#heap[0];
    if (first === undefined || first.timer.at > until) return undefined;
    this.#removeFirst();
    return first.timer;
  }

  /** Of the timer that was set last. */
  get lastSeq(): number {
    return this.#seq;
  }

  /** The live timers, in no particular order; the entries never change. */
  live(): SetTimer[] {
    return this.#heap.filter(({ timer }) => !isStale(timer));
  }

  /** Takes the place of what is set, for state that comes from a snapshot. */
  restore(lastSeq: number, timers: SetTimer[]): void {
    this.#seq = lastSeq;
    this.#heap = timers;
    this.#sweep();
  }

  #dropStale(): void {
    while (this.#heap.length > 0 && isStale(this.#heap[0]!.timer)) this.#removeFirst();
  }

  /** What is sorted is a heap. */
  #sweep(): void {
    this.#heap = this.#heap
      .filter(({ timer }) => !isStale(timer))
      .sort((one, other) => one.timer.at - other.timer.at || one.seq - other.seq);
    this.#sweepAt = Math.max(fewEntries, 2 * this.#heap.length);
  }

  #removeFirst(): void {
    const heap = this.#heap;
    const last = heap.pop()!;
    if (heap.length === 0) return;
    let index = 0;
    for (;;) {
      let child = 2 * index + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && before(heap[child + 1]!, heap[child]!)) child += 1;
      if (!before(heap[child]!, last)) break;
      heap[index] = heap[child]!;
      index = child;
    }
    heap[index] = last;
  }
}

function before(one: SetTimer, other: SetTimer): boolean {
  return one.timer.at < other.timer.at || (one.timer.at === other.timer.at && one.seq < other.seq);
}

function isStale({ at, run, task, kind }: Timer): boolean {
  if (run.status !== 'running') return true;
  switch (kind) {
    case 'due':
      return run.dueAt.get(task) !== at;
    case 'start-by':
      return run.startBy.get(task) !== at;
    case 'close-by':
      return run.closeBy.get(task) !== at;
    case 'run-close-by':
      return false;
  }
}
