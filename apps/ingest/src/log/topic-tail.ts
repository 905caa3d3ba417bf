import { OffsetOutOfRange, type Clock, type Journal, type LogRecord, type RecordReader } from '@millrace/runtime';

export interface TopicTailOptions {
  readonly reader: RecordReader;
  /** A topic of one partition. */
  readonly topic: string;
  /** Where reading begins. */
  readonly from: 'start' | 'end';
  readonly clock: Clock;
  readonly journal: Journal;
  onRecord(record: LogRecord): void;
}

const pollMs = 1_000;
const retryMs = 500;

/** Follows a topic record by record, and waits for a Kafka that is down. Start and stop are idempotent. */
export class TopicTail {
  readonly #options: TopicTailOptions;
  readonly #waiters = new Set<() => void>();
  #position: number | undefined;
  #loop: Promise<void> | undefined;
  #stopped = false;
  #wake: () => void = () => {};
  /** Why the last read failed; undefined while reading works. */
  fault: string | undefined;
  /** The end was reached at least once. */
  caughtUp = false;

  constructor(options: TopicTailOptions) {
    this.#options = options;
  }

  /** Next offset; 0 before the first read. */
  get position(): number {
    return this.#position ?? 0;
  }

  start(): void {
    this.#loop ??= this.#run();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#wake();
    await this.#options.reader.close();
    await this.#loop;
  }

  /** True as soon as everything below `offset` was read; false after `withinMs`. */
  whenAt(offset: number, withinMs: number): Promise<boolean> {
    if (this.#position !== undefined && this.#position >= offset) return Promise.resolve(true);
    return new Promise((resolve) => {
      const settle = (reached: boolean): void => {
        cancel();
        this.#waiters.delete(look);
        resolve(reached);
      };
      const look = (): void => {
        if ((this.#position ?? -1) >= offset) settle(true);
      };
      const cancel = this.#options.clock.after(withinMs, () => settle(false));
      this.#waiters.add(look);
    });
  }

  async #run(): Promise<void> {
    while (!this.#stopped) {
      try {
        await this.#read();
        this.fault = undefined;
      } catch (error) {
        if (this.#stopped) return;
        if (error instanceof OffsetOutOfRange) this.#position = undefined;
        const sentence = error instanceof Error ? error.message : String(error);
        if (this.fault === undefined) this.#options.journal.warn({ topic: this.#options.topic }, sentence);
        this.fault = sentence;
        await this.#pause(retryMs);
      }
    }
  }

  async #read(): Promise<void> {
    const { reader, topic, from } = this.#options;
    if (this.#position === undefined) {
      const { start, end } = await reader.bounds(topic, 0);
      this.#position = from === 'start' ? start : end;
      if (this.#position === end) this.#reachedEnd();
    }
    const [fetched] = await reader.fetch([{ topic, partition: 0, offset: this.#position }], pollMs);
    for (const record of fetched?.records ?? []) {
      if (record.offset < this.#position) continue;
      // First, so that a record that nobody can take is passed over and not read for ever.
      this.#position = record.offset + 1;
      this.#options.onRecord(record);
    }
    if (fetched === undefined || this.#position >= fetched.endOffset) this.#reachedEnd();
    for (const look of [...this.#waiters]) look();
  }

  #reachedEnd(): void {
    this.caughtUp = true;
    for (const look of [...this.#waiters]) look();
  }

  #pause(delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.#options.clock.after(delayMs, resolve);
      this.#wake = () => {
        cancel();
        resolve();
      };
    });
  }
}
