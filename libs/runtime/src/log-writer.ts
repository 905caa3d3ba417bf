import type { Event } from '@millrace/domain';
import type { Rounds } from './rounds.js';
import { FrameWriter, type FrameAck, type FrameWriterOptions, type WhenGivenUp } from './frame-writer.js';

export type LogWriterOptions = Omit<FrameWriterOptions, 'partition'>;

/** One writer's frames for all partitions: a `FrameWriter` each, made at the first append. */
export class LogWriter {
  readonly #options: LogWriterOptions;
  readonly #writers = new Map<number, FrameWriter>();
  #stopped = false;

  constructor(options: LogWriterOptions) {
    this.#options = options;
  }

  /** Resolves when all `items` are in the log. See `FrameWriter.append`. */
  append(partition: number, items: readonly Event[], whenGivenUp?: WhenGivenUp): Promise<FrameAck> {
    return this.#writerOf(partition).append(items, whenGivenUp);
  }

  /** Items that no frame has taken yet, over all partitions. */
  get pendingItems(): number {
    let sum = 0;
    for (const writer of this.#writers.values()) sum += writer.pendingItems;
    return sum;
  }

  get rounds(): Rounds[] {
    return [...this.#writers.values()].map(({ rounds }) => rounds);
  }

  /** Tolerates being stopped twice; see `FrameWriter.stop`. */
  async stop(withinMs?: number): Promise<void> {
    this.#stopped = true;
    await Promise.all([...this.#writers.values()].map((writer) => writer.stop(withinMs)));
  }

  #writerOf(partition: number): FrameWriter {
    let writer = this.#writers.get(partition);
    if (writer === undefined) {
      writer = new FrameWriter({ ...this.#options, partition });
      if (this.#stopped) void writer.stop();
      this.#writers.set(partition, writer);
    }
    return writer;
  }
}
