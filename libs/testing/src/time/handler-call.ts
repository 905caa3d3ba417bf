import { realMs } from './turns.js';

/** One call of a handler, from its begin until its promise has settled. */
export class HandlerCall {
  /** In real milliseconds: when it was last seen to do anything. */
  #heardMs = realMs();
  #sleeping = 0;

  constructor(
    /** `run/task/attempt`. */
    readonly attempt: string,
    /** The process that it runs in. */
    readonly owner: object,
    /** When its start-to-close is over, in virtual time. */
    readonly closeAt: number,
  ) {}

  heard(): void {
    this.#heardMs = realMs();
  }

  /** It waits for virtual time until the returned function is called. */
  sleeps(): () => void {
    this.#sleeping += 1;
    return () => {
      this.#sleeping -= 1;
      this.heard();
    };
  }

  /** For how many real milliseconds more virtual time stands still for it. */
  holdsMs(patienceMs: number): number {
    return this.#sleeping > 0 ? 0 : Math.max(0, this.#heardMs + patienceMs - realMs());
  }
}
