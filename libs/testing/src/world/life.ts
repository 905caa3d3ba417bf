import type { Clock, RecordReader, RecordWriter } from '@millrace/runtime';
import type { InMemoryLog } from '@millrace/runtime/in-memory';
import type { VirtualClock } from '../time/virtual-clock.js';

/** One process of the environment. Once it has ended none of its timers fires, and nothing that it sends lands or is answered. */
export class Life {
  #isOver = false;

  constructor(
    private readonly time: VirtualClock,
    private readonly log: InMemoryLog,
  ) {}

  get isOver(): boolean {
    return this.#isOver;
  }

  /** As after kill -9. */
  end(): void {
    this.#isOver = true;
  }

  readonly clock: Clock = {
    now: () => this.time.now(),
    uptimeMs: () => this.time.uptimeMs(),
    after: (delayMs, callback) => this.time.after(delayMs, () => this.#isOver || callback()),
  };

  /** Of a second thread: where time has leapt it goes on after the first one. */
  readonly heartClock: Clock = {
    ...this.clock,
    after: (delayMs, callback) => {
      let cancel = this.clock.after(delayMs, () => (cancel = this.clock.after(0, callback)));
      return () => cancel();
    },
  };

  readonly writer: RecordWriter = {
    append: (topic, partition, records) => this.#ask(() => this.log.append(topic, partition, records)),
    appendAll: (batches) => this.#ask(() => this.log.appendAll(batches)),
  };

  reader(): RecordReader {
    const reader = this.log.reader();
    return {
      fetch: (positions, waitMsMax) => this.#ask(() => reader.fetch(positions, waitMsMax)),
      bounds: (topic, partition) => this.#ask(() => reader.bounds(topic, partition)),
      close: () => reader.close(),
    };
  }

  #ask<T>(call: () => Promise<T>): Promise<T> {
    const never = new Promise<never>(() => undefined);
    if (this.#isOver) return never;
    this.time.stir();
    return call().then(
      (answer) => (this.#isOver ? never : answer),
      (error: unknown) => (this.#isOver ? never : Promise.reject(error as Error)),
    );
  }
}
