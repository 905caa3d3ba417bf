import type { Event } from '@millrace/domain';
import { ServiceProblem, type Check } from '@millrace/nest-kit';
import { LogUnavailable, WriterBacklogged, type Appended, type Clock, type LogWriter } from '@millrace/runtime';
import type { LagBook } from '../lag/lag-book.js';
import type { Lag } from '../lag/partition-lag.js';

export interface LogGateOptions {
  readonly writer: LogWriter;
  readonly clock: Clock;
  /** How long a request waits for its acknowledgement. */
  readonly ackMs: number;
  readonly pendingItemsMax: number;
  readonly pendingBytesMax: number;
  /** How far readers are behind the log. */
  readonly lag: LagBook;
}

const retryAfterMs = 1_000;
/** A reader that is behind takes longer than a partition that is late. */
const behindRetryAfterMs = 5_000;
/** What an item takes besides its payload. */
const itemBytes = 300;

/**
 * Lets requests into the log as long as it takes them: bounded in items and bytes that wait, and in how long one waits. A
 * partition with an append that has waited too long is late, and gets no new runs until that append is settled.
 */
export class LogGate {
  readonly #options: LogGateOptions;
  readonly #late = new Map<number, number>();
  #pendingItems = 0;
  #pendingBytes = 0;
  #acknowledged = 0;

  constructor(options: LogGateOptions) {
    this.#options = options;
  }

  get pendingItems(): number {
    return this.#pendingItems;
  }

  get pendingBytes(): number {
    return this.#pendingBytes;
  }

  get latePartitions(): number {
    return this.#late.size;
  }

  /**
   * Resolves when all items are in the log. Throws a 503 `ServiceProblem` at once where too much waits already, or when the
   * log did not acknowledge in time: the items may land all the same then. `payloadBytes` is what the items carry.
   */
  append(partition: number, items: readonly Event[], payloadBytes: number): Promise<Appended> {
    const bytes = payloadBytes + items.length * itemBytes;
    this.#assertRoom(items.length, bytes);
    this.#pendingItems += items.length;
    this.#pendingBytes += bytes;
    return new Promise((resolve, reject) => {
      let late = false;
      const cancel = this.#options.clock.after(this.#options.ackMs, () => {
        late = true;
        this.#late.set(partition, (this.#late.get(partition) ?? 0) + 1);
        reject(this.#notAcknowledged());
      });
      const settle = (): void => {
        cancel();
        this.#pendingItems -= items.length;
        this.#pendingBytes -= bytes;
        if (!late) return;
        const left = this.#late.get(partition)! - 1;
        if (left === 0) this.#late.delete(partition);
        else this.#late.set(partition, left);
      };
      this.#options.writer.append(partition, items, 'reject').then(
        (appended) => {
          settle();
          this.#acknowledged += 1;
          this.#options.lag.appended(partition, appended.offset, items.length);
          resolve(appended);
        },
        (error: unknown) => {
          settle();
          reject(this.#problemOf(error));
        },
      );
    });
  }

  /**
   * Up to `wanted` partitions that take new runs, from `first` on, in turn: neither late, nor with a reader that is behind.
   * Throws where none does: a 429 if one is behind, otherwise a 503.
   */
  choose(partitions: number, first: number, wanted: number): number[] {
    const chosen: number[] = [];
    let refusal: ServiceProblem | undefined;
    for (let step = 0; step < partitions && chosen.length < wanted; step++) {
      const partition = (first + step) % partitions;
      if (this.#late.has(partition)) continue;
      const lag = this.#options.lag.behind(partition);
      if (lag === undefined) chosen.push(partition);
      else refusal ??= this.#behind(partition, lag);
    }
    if (chosen.length === 0) throw refusal ?? this.#notAcknowledged();
    return chosen;
  }

  /** Throws a 503 where this partition takes no new runs. */
  assertOpen(partition: number): void {
    if (this.#late.has(partition)) throw this.#notAcknowledged();
    const lag = this.#options.lag.behind(partition);
    if (lag !== undefined) throw this.#behind(partition, lag);
  }

  check(): Check {
    const late = [...this.#late.keys()];
    const detail = late.length > 0 ? `late: partitions ${late.join(', ')}` : `${this.#pendingItems} items wait`;
    // The writer repeats what the log did not take, so all that this can wait for is the log.
    return { ready: late.length === 0, detail, progress: this.#acknowledged, waitsFor: 'kafka' };
  }

  #behind(partition: number, { reader, events, ageMs }: Lag): ServiceProblem {
    const detail =
      `Expected the ${reader} to keep up with the log, but in partition ${partition} it is ${events} events and ` +
      `${Math.round(ageMs / 1_000)} s behind. Nothing was taken; what is in the log goes on, and cancels are taken.`;
    return new ServiceProblem({ status: 429, code: `${reader}-behind`, detail, retryAfterMs: behindRetryAfterMs });
  }

  #assertRoom(items: number, bytes: number): void {
    const { pendingItemsMax, pendingBytesMax } = this.#options;
    if (this.#pendingItems + items <= pendingItemsMax && this.#pendingBytes + bytes <= pendingBytesMax) return;
    const detail = `Expected the log to keep up, but ${this.#pendingItems} items wait for it. Nothing was taken.`;
    throw new ServiceProblem({ status: 503, code: 'log-behind', detail, retryAfterMs });
  }

  #notAcknowledged(cause?: unknown): ServiceProblem {
    const detail =
      `Expected the log to acknowledge within ${this.#options.ackMs} ms, but it did not. ` +
      `What was sent may still arrive; a run that must not happen twice has to be looked up before it is sent again.`;
    return new ServiceProblem({ status: 503, code: 'log-unavailable', detail, retryAfterMs, cause });
  }

  #problemOf(error: unknown): unknown {
    if (error instanceof LogUnavailable) return this.#notAcknowledged(error);
    if (!(error instanceof WriterBacklogged)) return error;
    return new ServiceProblem({ status: 503, code: 'log-behind', detail: error.message, retryAfterMs, cause: error });
  }
}
