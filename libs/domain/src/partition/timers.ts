import type { Instant, TaskIndex } from '../ids.js';
import type { Run } from '../run/run.js';

/** A task run that backs off until `at`. Stale when it is not `backing_off` after that attempt any more. */
export interface Timer {
  readonly at: Instant;
  readonly run: Run;
  readonly task: TaskIndex;
  readonly attempt: number;
}

/** Timers by due time, then by order of setting: a binary heap, stale ones are dropped when they come up. */
export class Timers {
  readonly #heap: { readonly timer: Timer; readonly seq: number }[] = [];
  #seq = 0;

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

  #dropStale(): void {
    while (this.#heap.length > 0 && isStale(this.#heap[0]!.timer)) this.#removeFirst();
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

function before(one: { timer: Timer; seq: number }, other: { timer: Timer; seq: number }): boolean {
  return one.timer.at < other.timer.at || (one.timer.at === other.timer.at && one.seq < other.seq);
}

function isStale({ run, task, attempt }: Timer): boolean {
  return run.statusOf(task) !== 'backing_off' || run.attemptNumbers[task] !== attempt;
}
