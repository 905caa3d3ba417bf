import { OffsetOutOfRange, readHeartbeat, type Clock, type Journal, type RecordReader } from '@millrace/runtime';
import type { WorkerDirectory } from './worker-directory.js';

export interface WorkerTailOptions {
  readonly reader: RecordReader;
  /** `millrace.workers`: one partition. */
  readonly topic: string;
  readonly directory: WorkerDirectory;
  readonly clock: Clock;
  readonly journal: Journal;
}

/** Heartbeats read again at the start, so that living workers are known at once. */
const rereadMax = 10_000;
const pollMs = 1_000;
const retryMs = 500;

/** Follows the heartbeats into the directory, and waits for a Kafka that is down. Start and stop are idempotent. */
export class WorkerTail {
  readonly #options: WorkerTailOptions;
  #offset: number | undefined;
  #live = false;
  #loop: Promise<void> | undefined;
  #stopped = false;
  #wake: () => void = () => {};
  /** Why the last read failed; undefined while reading works. */
  fault: string | undefined;

  constructor(options: WorkerTailOptions) {
    this.#options = options;
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

  async #run(): Promise<void> {
    while (!this.#stopped) {
      try {
        await this.#read();
        this.fault = undefined;
      } catch (error) {
        if (this.#stopped) return;
        if (error instanceof OffsetOutOfRange) this.#offset = undefined;
        const sentence = error instanceof Error ? error.message : String(error);
        if (this.fault === undefined) this.#options.journal.warn({ topic: this.#options.topic }, sentence);
        this.fault = sentence;
        this.#live = false;
        await this.#pause();
      }
    }
  }

  async #read(): Promise<void> {
    const { reader, topic, directory, clock } = this.#options;
    if (this.#offset === undefined) {
      const { start, end } = await reader.bounds(topic, 0);
      this.#offset = Math.max(start, end - rereadMax);
      this.#atEnd(this.#offset >= end);
    }
    const [fetched] = await reader.fetch([{ topic, partition: 0, offset: this.#offset }], pollMs);
    for (const record of fetched?.records ?? []) {
      const heartbeat = readHeartbeat(record.value);
      // While catching up, a heartbeat is as old as the broker says; later it is as new as its arrival.
      if (heartbeat !== undefined) directory.hear(heartbeat, record.at, this.#live ? clock.now() : record.at);
      this.#offset = record.offset + 1;
    }
    this.#atEnd(fetched === undefined || this.#offset >= fetched.endOffset);
  }

  #atEnd(reached: boolean): void {
    if (!reached || this.#stopped) return;
    this.#live = true;
    this.#options.directory.reachedEnd(this.#options.clock.now());
  }

  #pause(): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.#options.clock.after(retryMs, resolve);
      this.#wake = () => {
        cancel();
        resolve();
      };
    });
  }
}
