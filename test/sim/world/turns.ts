import { LateTurns, realSetImmediate } from './late-turns.ts';

/** Steps for one turn of the real event loop: turning it costs more than a step. */
const stepsPerTurn = 32;

/** The event loop of the simulated processes: `setImmediate` of the code under test waits here, between two effects. */
export class Turns {
  readonly #late = new LateTurns();

  /** Takes the place of the real one until the returned function is called. */
  install(): () => void {
    return this.#late.install();
  }

  /** Calls `step` again and again until it gives false, each time after everything that the last one set off has run. */
  drive(step: () => boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      let isOver = false;
      const turn = (): void => {
        if (isOver) return;
        try {
          const late = this.#late.take();
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
}
