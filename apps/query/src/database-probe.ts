import type { Check } from '@millrace/nest-kit';
import type { ReadModel } from '@millrace/postgres';
import type { Clock, Journal } from '@millrace/runtime';

const everyMs = 2_000;

/** Asks Postgres every 2 s how far it is, and says so. Start and stop are idempotent. */
export class DatabaseProbe {
  #fault: Error | undefined = new Error(
    'Expected Postgres to have been asked, but this service has only just started.',
  );
  #partitions = 0;
  #asked = 0;
  #stopped = false;
  #cancel: (() => void) | undefined;

  constructor(
    private readonly model: ReadModel,
    private readonly clock: Clock,
    private readonly journal: Journal,
  ) {}

  start(): void {
    if (this.#cancel === undefined && !this.#stopped) void this.#ask();
  }

  stop(): void {
    this.#stopped = true;
    this.#cancel?.();
  }

  check(): Check {
    const progress = this.#asked;
    if (this.#fault === undefined)
      return { ready: true, detail: `${this.#partitions} partitions shown`, progress, lags: true };
    return { ready: false, detail: this.#fault.message, progress, waitsFor: 'postgres' };
  }

  async #ask(): Promise<void> {
    this.#cancel = () => {};
    try {
      this.#partitions = (await this.model.positions()).length;
      this.#fault = undefined;
    } catch (error) {
      if (this.#fault?.message !== (error as Error).message && !this.#stopped) {
        this.journal.warn({ error }, (error as Error).message);
      }
      this.#fault = error as Error;
    }
    this.#asked += 1;
    if (!this.#stopped) this.#cancel = this.clock.after(everyMs, () => void this.#ask());
  }
}
