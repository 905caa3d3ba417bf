import { Rounds, type Clock, type RecordReader } from '@millrace/runtime';
import type { LagBook } from './lag-book.js';

export interface LogEndsOptions {
  /** Its own; `stop` closes it. */
  readonly reader: RecordReader;
  readonly topic: string;
  /** 0 as long as the log is not ready. */
  readonly partitions: () => number;
  readonly clock: Clock;
  readonly book: LagBook;
}

const everyMs = 2_000;

/** Looks every 2 s where each partition of the log ends. A Kafka that does not answer leaves what is known. Start and stop are idempotent. */
export class LogEnds {
  readonly #options: LogEndsOptions;
  readonly rounds: Rounds;
  #cancel: (() => void) | undefined;
  #looking: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor(options: LogEndsOptions) {
    this.#options = options;
    this.rounds = new Rounds('ends of the log', options.clock);
  }

  start(): void {
    if (this.#cancel === undefined && !this.#stopped) this.#again();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#cancel?.();
    await this.#options.reader.close();
    await this.#looking;
  }

  #again(): void {
    this.rounds.begin();
    this.#cancel = this.#options.clock.after(everyMs, () => {
      this.#looking = this.#look().finally(() => {
        if (!this.#stopped) this.#again();
      });
    });
  }

  async #look(): Promise<void> {
    const { reader, topic, partitions, book } = this.#options;
    const looks = Array.from({ length: partitions() }, async (_, partition) => {
      const { end } = await reader.bounds(topic, partition);
      book.sawEnd(partition, end);
    });
    for (const look of await Promise.allSettled(looks)) {
      this.rounds.ended(look.status === 'fulfilled' ? undefined : look.reason);
    }
    if (looks.length === 0) this.rounds.ended();
  }
}
