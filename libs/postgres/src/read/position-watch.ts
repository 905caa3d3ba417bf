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

const lookMsDefault = 10;
const waitersMax = 1_000;

/**
 * Waits until the projection of a partition stands at an offset. While anybody waits, one query per `lookMs` serves all of
 * them; shorter than 10 ms costs Postgres more than it gains the caller.
 */
export class PositionWatch {
  readonly #waiters = new Set<Waiter>();
  #looking = false;
  #isClosed = false;

  constructor(
    private readonly read: () => Promise<ReadonlyMap<number, bigint>>,
    private readonly clock: Clock,
    private readonly lookMs = lookMsDefault,
  ) {}

  /** Who waits is told that it was not reached, and so is who asks from now on. Idempotent. */
  close(): void {
    this.#isClosed = true;
    for (const waiter of [...this.#waiters]) waiter.settle(false);
  }

  /** True once everything below `offset` is shown, false after `timeoutMs`. Rejects with what reading threw. */
  waitFor(partition: number, offset: bigint, timeoutMs: number): Promise<boolean> {
    if (this.#isClosed) return Promise.resolve(false);
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
      if (this.#waiters.size > 0) await new Promise<void>((resolve) => this.clock.after(this.lookMs, resolve));
    }
    this.#looking = false;
  }
}
