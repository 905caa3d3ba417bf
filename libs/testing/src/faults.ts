import type { Handler } from '@millrace/worker';
import type { Life } from './world/life.js';

/** A failure that a test asked for. */
export class FaultInjected extends Error {
  override readonly name = 'FaultInjected';
}

/** What of the system a test can break. Nothing of it burns a retry but `failHandler`. */
export interface Faults {
  /**
   * The next `times` executions of the handler fail before they reach it, with `error`: the default is a `FaultInjected`, which is
   * tried again as the task's retry says.
   */
  failHandler(handler: string, times?: number, error?: Error): void;
  /**
   * A worker process dies at once, with all that it runs; another one starts. Its attempts are found lost after 10 s of virtual
   * time, and dispatched again as new attempts.
   */
  loseWorker(): void;
  /**
   * The worker process dies right after the handler has returned, `times` times: what it did is done, but nobody knows. It runs
   * again, in the same attempt where its start was not logged yet (it ran for less than a second), else in the next one.
   */
  loseWorkerAfter(handler: string, times?: number): void;
  /** Every delivery that workers got so far comes once more. Nothing runs twice by it. */
  redeliver(): void;
  /** The dispatcher dies, and another one takes its partitions over from the log. */
  restartDispatcher(): void;
}

/** What the faults act on. */
export interface Breakable {
  loseWorker(life: Life | undefined): void;
  redeliver(): void;
  restartDispatcher(): void;
}

/** Remembers what is to break, and breaks it. */
export class PlannedFaults implements Faults {
  readonly #system: Breakable;
  readonly #failures = new Map<string, Error[]>();
  readonly #losses = new Map<string, number>();

  constructor(system: Breakable) {
    this.#system = system;
  }

  failHandler(handler: string, times = 1, error: Error = injected(handler)): void {
    const planned = this.#failures.get(handler) ?? [];
    for (let index = 0; index < times; index++) planned.push(error);
    this.#failures.set(handler, planned);
  }

  loseWorker(): void {
    this.#system.loseWorker(undefined);
  }

  loseWorkerAfter(handler: string, times = 1): void {
    this.#losses.set(handler, (this.#losses.get(handler) ?? 0) + times);
  }

  redeliver(): void {
    this.#system.redeliver();
  }

  restartDispatcher(): void {
    this.#system.restartDispatcher();
  }

  /** The handler as it is called in that process, broken as planned. */
  breaking(life: Life, name: string, handler: Handler<unknown>): Handler<unknown> {
    return (input, context) => {
      const failure = this.#failures.get(name)?.shift();
      if (failure !== undefined) throw failure;
      const returned = handler(input, context);
      const left = this.#losses.get(name) ?? 0;
      if (left === 0) return returned;
      this.#losses.set(name, left - 1);
      return Promise.resolve(returned).then(() => {
        this.#system.loseWorker(life);
        return new Promise(() => undefined);
      });
    };
  }
}

function injected(handler: string): FaultInjected {
  return new FaultInjected(`The test asked for a failure of handler ${handler}.`);
}
