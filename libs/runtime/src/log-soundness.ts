import type { PartitionBorn } from '@millrace/domain';
import { LineageFault, readBirth } from './births.js';
import { LogUnavailable, TopicMissing, type Clock, type RecordReader } from './ports.js';

/** The topic of the log is not as planned any more: compaction, another partition count. Goes away when it is mended. */
export class LogUnsound extends Error {
  override readonly name = 'LogUnsound';
}

export interface LogSoundnessOptions {
  /** Its own. */
  readonly reader: RecordReader;
  readonly topic: string;
  /** What the start has found; undefined before. */
  readonly born: () => PartitionBorn | undefined;
  /** Throws a sentence where the topic is not as planned for so many partitions; `LogUnavailable` where nobody answers. */
  readonly checkTopic: (partitions: number) => Promise<void>;
  readonly clock: Clock;
}

/** What is known of the topic's settings serves the partitions of one take-over: they are asked for once in this time. */
const topicKnownMs = 3_000;

/** Is the log still the one that was found at the start, on a topic that is still as planned? */
export class LogSoundness {
  readonly #options: LogSoundnessOptions;
  #topic: Promise<void> = Promise.resolve();
  #topicAt = -Infinity;
  /** A reader answers one after the other. */
  #reads: Promise<unknown> = Promise.resolve();

  constructor(options: LogSoundnessOptions) {
    this.#options = options;
  }

  /**
   * Throws `LogUnsound` where the topic is not as planned, `LineageFault` where the partition has another birth, and
   * `LogUnavailable` or `TopicMissing` where that cannot be known now.
   */
  async check(partition: number): Promise<void> {
    const { topic, born } = this.#options;
    const first = born();
    if (first === undefined) throw new LogUnavailable('Expected the log to be known, but it was not looked at yet.');
    const birth = await this.#birthOf(partition);
    if (birth.nonce !== first.nonce) {
      throw new LineageFault(
        partition,
        `Expected ${topic}/${partition} to be of log ${first.nonce}, as at the start, but it is of log ${birth.nonce}: ` +
          `the topic was made anew. Stop everything, find out which log is right, restart.`,
      );
    }
    await this.#checkTopic(first.partitions);
  }

  async #birthOf(partition: number): Promise<PartitionBorn> {
    const { reader, topic } = this.#options;
    const read = this.#reads.then(() => readBirth(reader, topic, partition));
    this.#reads = read.catch(() => undefined);
    const birth = await read;
    if (birth !== undefined) return birth;
    throw new LogUnavailable(`Expected to read the birth of ${topic}/${partition}, but nothing came.`);
  }

  #checkTopic(partitions: number): Promise<void> {
    const now = this.#options.clock.uptimeMs();
    if (now - this.#topicAt >= topicKnownMs) {
      this.#topicAt = now;
      this.#topic = this.#askTopic(partitions);
    }
    return this.#topic;
  }

  async #askTopic(partitions: number): Promise<void> {
    try {
      await this.#options.checkTopic(partitions);
    } catch (cause) {
      if (cause instanceof LogUnavailable || cause instanceof TopicMissing) throw cause;
      throw new LogUnsound((cause as Error).message, { cause });
    }
  }
}
