import type { Heartbeat } from '@millrace/protocol';
import { LogUnavailable, TopicMissing, type Clock, type LogRecord, type RecordReader } from './ports.js';
import { readHeartbeat } from './read-heartbeat.js';
import { pause } from './waits.js';

export interface HeartbeatTailOptions {
  readonly reader: RecordReader;
  /** `millrace.workers`, one partition. */
  readonly topic: string;
  readonly clock: Clock;
  /** Every record in order; `heartbeat` is undefined for what is none. */
  heard(record: LogRecord, heartbeat: Heartbeat | undefined): void;
  /** After each read: whether it reached the end of the topic, or that it failed. */
  reached(atEnd: boolean): void;
  failed(error: unknown): void;
}

const fetchWaitMs = 200;
const retryMs = 250;
/** Heartbeats read at the start, so that living workers are known at once. */
const heartbeatsReread = 500;

/** Follows the heartbeats of all services, from some before the end; waits for a log that is down. */
export class HeartbeatTail {
  readonly #options: HeartbeatTailOptions;
  #running = true;
  #offset: number | undefined;

  constructor(options: HeartbeatTailOptions) {
    this.#options = options;
  }

  /** Resolves after `stop`. */
  async run(): Promise<void> {
    while (this.#running) {
      try {
        await this.#read();
      } catch (error) {
        if (!(error instanceof LogUnavailable || error instanceof TopicMissing)) this.#offset = undefined;
        this.#options.reached(false);
        if (this.#running) this.#options.failed(error);
        await pause(this.#options.clock, retryMs);
      }
    }
  }

  stop(): void {
    this.#running = false;
  }

  async #read(): Promise<void> {
    const { reader, topic, heard, reached } = this.#options;
    if (this.#offset === undefined) {
      const { start, end } = await reader.bounds(topic, 0);
      this.#offset = Math.max(start, end - heartbeatsReread);
    }
    for (const fetched of await reader.fetch([{ topic, partition: 0, offset: this.#offset }], fetchWaitMs)) {
      for (const record of fetched.records) {
        heard(record, readHeartbeat(record.value));
        this.#offset = record.offset + 1;
      }
      reached(this.#offset >= fetched.endOffset);
    }
  }
}
