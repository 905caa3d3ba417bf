import type { Clock } from '@millrace/runtime';

interface Waiter {
  readonly partition: number;
  readonly offset: bigint;
  readonly settle: (reached: boolean, error?: unknown) => void;
}

/** More callers wait for the projection than this process allows. */
export class TooManyWaiters extends Error {
  override readonly name = 'TooManyWaiters';
}

const lookMs = 10;
const waitersMax = 1_000;

/**
 * Waits until the projection of a partition stands at an offset. While anybody waits, one query per 10 ms serves all of
 * them; shorter costs Postgres more than it gains the caller.
 */
export class PositionWatch {
  readonly #waiters = new Set<Waiter>();
  #looking = false;

  constructor(
    private readonly read: () => Promise<ReadonlyMap<number, bigint>>,
    private readonly clock: Clock,
  ) {}

  /** True once everything below `offset` is shown, false after `timeoutMs`. Rejects with what reading threw. */
  waitFor(partition: number, offset: bigint, timeoutMs: number): Promise<boolean> {
    if (this.#waiters.size >= waitersMax) {
      return Promise.reject(
        new TooManyWaiters(`Expected at most ${waitersMax} callers to wait for the projection, but more do.`),
      );
    }
    return new Promise((resolve, reject) => {
      const settle: Waiter['settle'] = (reached, error) => {
        cancel();
        this.#waiters.delete(waiter);
        if (error === undefined) resolve(reached);
        else reject(error);
      };
      const waiter = { partition, offset, settle };
      const cancel = this.clock.after(timeoutMs, () => settle(false));
      this.#waiters.add(waiter);
      if (!this.#looking) void this.#look();
    });
  }

  async #look(): Promise<void> {
    this.#looking = true;
    while (this.#waiters.size > 0) {
      try {
        const positions = await this.read();
        for (const { partition, offset, settle } of [...this.#waiters]) {
          if ((positions.get(partition) ?? 0n) >= offset) settle(true);
        }
      } catch (error) {
        for (const waiter of [...this.#waiters]) waiter.settle(false, error);
      }
      if (this.#waiters.size > 0) await new Promise<void>((resolve) => this.clock.after(lookMs, resolve));
    }
    this.#looking = false;
  }
}
