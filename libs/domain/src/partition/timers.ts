import type { Instant, TaskIndex } from '../ids.js';
import { RunRows } from '../run/run-rows.js';
import type { Run } from '../run/run.js';

/**
 * What is due: `due`, the end of a task run's back-off or delay; `start-by` and `close-by`, its schedule-to-start and
 * schedule-to-close; `run-close-by`, the schedule-to-close of its run.
 */
export type TimerKind = (typeof timerKinds)[number];

const timerKinds = ['due', 'start-by', 'close-by', 'run-close-by'] as const;

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
  #heap = new RunRows();
  #seq = 0;
  #sweepAt = fewEntries;

  set({ at, run, task, kind }: Timer): void {
    const heap = this.#heap;
    const seq = ++this.#seq;
    let row = heap.push(run, at, seq, codeOf(task, kind));
    while (row > 0) {
      const parent = (row - 1) >> 1;
      if (!isBefore(at, seq, heap, parent)) break;
      heap.copy(parent, row);
      row = parent;
    }
    heap.set(row, run, at, seq, codeOf(task, kind));
    if (heap.length >= this.#sweepAt) this.#sweep();
  }

  /** Entries held, stale ones included: what it costs in memory. */
  get size(): number {
    return this.#heap.length;
  }

  /** When the next live timer is due. */
  nextAt(): Instant | undefined {
    this.#dropStale();
    return this.#heap.length === 0 ? undefined : this.#heap.numberOf(0, 0);
  }

  /** Takes the next live timer that is due at `until` or before. */
  takeDue(until: Instant): Timer | undefined {
    const next = this.nextAt();
    if (next === undefined || next > until) return undefined;
    const first = timerAt(this.#heap, 0);
    this.#removeFirst();
    return first;
  }

  /** Of the timer that was set last. */
  get lastSeq(): number {
    return this.#seq;
  }

  /** The live timers, in no particular order, copied at once and read while they are taken. */
  live(): Iterable<SetTimer> {
    const live = new RunRows();
    for (let row = 0; row < this.#heap.length; row++) if (isLiveAt(this.#heap, row)) pushRow(live, this.#heap, row);
    return setTimers(live);
  }

  /** Takes the place of what is set, for state that comes from a snapshot. */
  restore(lastSeq: number, timers: Iterable<SetTimer>): void {
    this.#seq = lastSeq;
    this.#heap = new RunRows();
    for (const { timer, seq } of timers) this.#heap.push(timer.run, timer.at, seq, codeOf(timer.task, timer.kind));
    this.#sweep();
  }

  #dropStale(): void {
    while (this.#heap.length > 0 && !isLiveAt(this.#heap, 0)) this.#removeFirst();
  }

  /** What is sorted is a heap. */
  #sweep(): void {
    const heap = this.#heap;
    const rows = Array.from({ length: heap.length }, (_, row) => row).filter((row) => isLiveAt(heap, row));
    rows.sort((one, other) => heap.numberOf(one, 0) - heap.numberOf(other, 0) || heap.numberOf(one, 1) - heap.numberOf(other, 1)); // prettier-ignore
    this.#heap = new RunRows();
    for (const row of rows) pushRow(this.#heap, heap, row);
    this.#sweepAt = Math.max(fewEntries, 2 * rows.length);
  }

  #removeFirst(): void {
    const heap = this.#heap;
    const last = heap.length - 1;
    const [at, seq] = [heap.numberOf(last, 0), heap.numberOf(last, 1)];
    let row = 0;
    for (;;) {
      let child = 2 * row + 1;
      if (child >= last) break;
      if (child + 1 < last && isBefore(heap.numberOf(child + 1, 0), heap.numberOf(child + 1, 1), heap, child))
        child += 1;
      if (isBefore(at, seq, heap, child)) break;
      heap.copy(child, row);
      row = child;
    }
    heap.copy(last, row);
    heap.removeLast();
  }
}

/** Rows are the due time, the place in the order of setting, and what is due. */
function timerAt(rows: RunRows, row: number): Timer {
  const code = rows.numberOf(row, 2);
  const task = Math.floor(code / timerKinds.length);
  const kind = timerKinds[code - task * timerKinds.length]!;
  return { at: rows.numberOf(row, 0), run: rows.runOf(row), task, kind };
}

function codeOf(task: TaskIndex, kind: TimerKind): number {
  return task * timerKinds.length + timerKinds.indexOf(kind);
}

function pushRow(to: RunRows, from: RunRows, row: number): void {
  to.push(from.runOf(row), from.numberOf(row, 0), from.numberOf(row, 1), from.numberOf(row, 2));
}

function* setTimers(rows: RunRows): Generator<SetTimer> {
  for (let row = 0; row < rows.length; row++) yield { timer: timerAt(rows, row), seq: rows.numberOf(row, 1) };
}

/** Does a timer with that due time and place come before that of the row? */
function isBefore(at: Instant, seq: number, rows: RunRows, row: number): boolean {
  const due = rows.numberOf(row, 0);
  return at < due || (at === due && seq < rows.numberOf(row, 1));
}

function isLiveAt(rows: RunRows, row: number): boolean {
  const { at, run, task, kind } = timerAt(rows, row);
  if (run.status !== 'running') return false;
  switch (kind) {
    case 'due':
      return run.dueAt.get(task) === at;
    case 'start-by':
      return run.startBy.get(task) === at;
    case 'close-by':
      return run.closeBy.get(task) === at;
    case 'run-close-by':
      return true;
  }
}
