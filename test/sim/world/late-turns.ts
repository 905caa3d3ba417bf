/** The real one: it turns the event loop of this process. */
export const realSetImmediate = globalThis.setImmediate;
const realClearImmediate = globalThis.clearImmediate;

interface Late {
  readonly run: () => void;
  isCancelled: boolean;
}

/** Turns of the event loop that the code under test asks for: they wait here until somebody takes them, in their order. */
export class LateTurns {
  #waiting: Late[] = [];
  #head = 0;

  /** Takes the place of `setImmediate` and `clearImmediate` until the returned function is called. */
  install(): () => void {
    globalThis.setImmediate = ((callback: (...args: unknown[]) => void, ...args: unknown[]) => {
      const late = { run: () => callback(...args), isCancelled: false };
      this.#waiting.push(late);
      return late;
    }) as unknown as typeof setImmediate;
    globalThis.clearImmediate = ((late: Late | undefined) => {
      if (late !== undefined) late.isCancelled = true;
    }) as unknown as typeof clearImmediate;
    return () => {
      globalThis.setImmediate = realSetImmediate;
      globalThis.clearImmediate = realClearImmediate;
    };
  }

  /** How many wait, cancelled ones included. */
  get count(): number {
    return this.#waiting.length - this.#head;
  }

  /** The next one that was not cancelled. */
  take(): (() => void) | undefined {
    while (this.#head < this.#waiting.length) {
      const late = this.#waiting[this.#head++]!;
      if (this.#head === this.#waiting.length) this.forget();
      if (!late.isCancelled) return late.run;
    }
    return undefined;
  }

  /** What waits never comes: its world is over. */
  forget(): void {
    this.#waiting = [];
    this.#head = 0;
  }
}
