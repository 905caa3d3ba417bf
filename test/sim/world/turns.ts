const realSetImmediate = globalThis.setImmediate;
const realClearImmediate = globalThis.clearImmediate;
/** Steps for one turn of the real event loop: turning it costs more than a step. */
const stepsPerTurn = 32;

interface Late {
  readonly run: () => void;
  isCancelled: boolean;
}

/** The event loop of the simulated processes: `setImmediate` of the code under test waits here, between two effects. */
export class Turns {
  #late: Late[] = [];
  #head = 0;

  /** Takes the place of the real one until the returned function is called. */
  install(): () => void {
    globalThis.setImmediate = ((callback: (...args: unknown[]) => void, ...args: unknown[]) => {
      const late = { run: () => callback(...args), isCancelled: false };
      this.#late.push(late);
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

  /** Calls `step` again and again until it gives false, each time after everything that the last one set off has run. */
  drive(step: () => boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      let isOver = false;
      const turn = (): void => {
        if (isOver) return;
        try {
          const late = this.#takeLate();
          if (late !== undefined) late();
          else if (!step()) {
            isOver = true;
            return resolve();
          }
          realSetImmediate(turn);
        } catch (error) {
          isOver = true;
          reject(error);
        }
      };
      for (let count = 0; count < stepsPerTurn; count++) realSetImmediate(turn);
    });
  }

  #takeLate(): (() => void) | undefined {
    while (this.#head < this.#late.length) {
      const late = this.#late[this.#head++]!;
      if (this.#head === this.#late.length) {
        this.#late = [];
        this.#head = 0;
      }
      if (!late.isCancelled) return late.run;
    }
    return undefined;
  }
}
