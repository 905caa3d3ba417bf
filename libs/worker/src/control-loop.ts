import type { WorkerId } from '@millrace/domain';
import { controlPartitionOf, type Control } from '@millrace/protocol';
import { OffsetOutOfRange, Rounds, type Clock, type Journal, type RecordReader } from '@millrace/runtime';
import { parseControl } from './parse-control.js';

export interface ControlLoopOptions {
  readonly id: WorkerId;
  readonly reader: RecordReader;
  readonly topic: string;
  /** Partitions of the control topic. */
  readonly partitions: number;
  readonly clock: Clock;
  readonly journal: Journal;
  readonly onControl: (control: Control) => void;
}

const pollMs = 1_000;
const pauseMs = 500;

/** Reads what owners tell this worker, from the end of its control partition as it was at the start. */
export class ControlLoop {
  readonly #options: ControlLoopOptions;
  readonly #partition: number;
  readonly rounds: Rounds;
  #offset = 0;
  #stopped = false;
  #running: Promise<void> | undefined;
  #endPause: () => void = () => undefined;

  constructor(options: ControlLoopOptions) {
    this.#options = options;
    this.#partition = controlPartitionOf(options.id, options.partitions);
    this.rounds = new Rounds('reading of control', options.clock);
  }

  /** Resolves when the place to read from is known. Throws `LogUnavailable`, `TopicMissing`. */
  async start(): Promise<void> {
    const { reader, topic } = this.#options;
    this.#offset = (await reader.bounds(topic, this.#partition)).end;
    if (!this.#stopped) this.#running = this.#read();
  }

  /** Closes the reader. Tolerates being called twice. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#endPause();
    await this.#options.reader.close();
    await this.#running;
  }

  async #read(): Promise<void> {
    const { reader, topic, journal, id } = this.#options;
    this.rounds.begin();
    while (!this.#stopped) {
      try {
        const position = { topic, partition: this.#partition, offset: this.#offset };
        const fetched = await reader.fetch([position], pollMs);
        this.rounds.ended();
        for (const { records } of fetched) {
          for (const { offset, value } of records) {
            this.#offset = offset + 1;
            this.#tell(parseControl(value));
          }
        }
      } catch (error) {
        if (this.#stopped) return;
        this.rounds.ended(error);
        journal.warn({ worker: id, error }, 'Control could not be read; trying again.');
        await this.#recover(error);
      }
    }
  }

  #tell(control: Control | undefined): void {
    if (control?.to === this.#options.id && !this.#stopped) this.#options.onControl(control);
  }

  /** What was missed is told again: owners compare each heartbeat with their state. */
  async #recover(error: unknown): Promise<void> {
    const { reader, topic, clock } = this.#options;
    await new Promise<void>((resolve) => {
      this.#endPause = resolve;
      clock.after(pauseMs, resolve);
    });
    if (!(error instanceof OffsetOutOfRange)) return;
    const bounds = await reader.bounds(topic, this.#partition).catch(() => undefined);
    if (bounds !== undefined) this.#offset = this.#offset < bounds.start ? bounds.start : bounds.end;
  }
}
