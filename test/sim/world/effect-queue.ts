import type { SimProcess } from './sim-process.ts';

/** Something that will happen: an answer, a timer, a record that lands. One step of the world is one effect. */
export interface Effect {
  readonly dueMs: number;
  /** Among effects that are due at the same time chance decides. */
  readonly tie: number;
  /** Whose memory it touches; undefined for what happens at a server. A dead process's effects never happen. */
  readonly owner: SimProcess | undefined;
  readonly label: string;
  readonly run: () => void;
  isCancelled: boolean;
}

/** A binary heap of effects, the next one first. */
export class EffectQueue {
  readonly #heap: Effect[] = [];

  get length(): number {
    return this.#heap.length;
  }

  add(effect: Effect): void {
    const heap = this.#heap;
    let at = heap.length;
    heap.push(effect);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!isBefore(effect, heap[parent]!)) break;
      heap[at] = heap[parent]!;
      at = parent;
    }
    heap[at] = effect;
  }

  take(): Effect | undefined {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (first === undefined || last === undefined || heap.length === 0) return first;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child + 1]!, heap[child]!)) child += 1;
      if (!isBefore(heap[child]!, last)) break;
      heap[at] = heap[child]!;
      at = child;
    }
    heap[at] = last;
    return first;
  }
}

function isBefore(one: Effect, other: Effect): boolean {
  return one.dueMs < other.dueMs || (one.dueMs === other.dueMs && one.tie < other.tie);
}
