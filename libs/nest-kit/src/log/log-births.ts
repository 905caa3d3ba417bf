import type { PartitionBorn } from '@millrace/domain';
import { planTopics, topicsOf, type TopicPlan, type Topics } from '@millrace/protocol';
import { checkBirths, LogSoundness, readBirth, type Clock, type Journal, type RecordReader } from '@millrace/runtime';
import type { Check } from '../health/health.js';
import { ServiceProblem } from '@millrace/protocol/requests';

export interface LogBirthsOptions {
  /** Its own, closed by `stop`. */
  readonly reader: RecordReader;
  readonly prefix: string;
  /** The topics that this service cannot do without: they are compared with the plan. */
  readonly uses: (topics: Topics) => readonly string[];
  /** Throws a sentence for the first topic that is not as planned; `LogUnavailable` where nobody answers. */
  readonly check: (plans: readonly TopicPlan[]) => Promise<void>;
  readonly clock: Clock;
  readonly journal: Journal;
}

const retryMs = 1_000;

/**
 * Learns how many partitions the log was born with, and takes nothing before every one of them is born, in one cluster and
 * with the count that the topic has, on topics that are as planned. Looks again every second until then, whatever is
 * wrong. Start and stop are idempotent.
 */
export class LogBirths {
  readonly #options: LogBirthsOptions;
  #born: PartitionBorn | undefined;
  /** For those who take partitions over later. */
  readonly soundness: LogSoundness;
  #waitsFor = 'Expected the log to be looked at, but this service has only just started.';
  #loop: Promise<void> | undefined;
  #stopped = false;
  #wake: () => void = () => {};

  constructor(options: LogBirthsOptions) {
    this.#options = options;
    const { reader, prefix, clock } = options;
    this.soundness = new LogSoundness({
      ...{ reader, topic: topicsOf(prefix).log, clock },
      born: () => this.#born,
      checkTopic: (partitions) => this.#checkTopics(partitions, (topics) => [topics.log]),
    });
  }

  /** Resolves when the log is sound, or when it is stopped before. */
  start(): Promise<void> {
    return (this.#loop ??= this.#run());
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#wake();
    await this.#options.reader.close();
    await this.#loop;
  }

  /** Is the log known to be sound? */
  get isSound(): boolean {
    return this.#born !== undefined;
  }

  /** Count of log partitions. Throws the 503 that says what is waited for. */
  get partitions(): number {
    if (this.#born !== undefined) return this.#born.partitions;
    throw new ServiceProblem({ status: 503, code: 'log-not-ready', detail: this.#waitsFor, retryAfterMs: retryMs });
  }

  check(): Check {
    if (this.#born !== undefined) return { ready: true, detail: `${this.#born.partitions} partitions` };
    return { ready: false, detail: this.#waitsFor };
  }

  async #run(): Promise<void> {
    const { clock, journal } = this.#options;
    while (!this.#stopped && this.#born === undefined) {
      const waitsFor = await this.#look().catch((error: unknown) => (error as Error).message);
      if (waitsFor === undefined || this.#stopped) return;
      if (waitsFor !== this.#waitsFor) journal.warn({}, waitsFor);
      this.#waitsFor = waitsFor;
      await new Promise<void>((resolve) => {
        const cancel = clock.after(retryMs, resolve);
        this.#wake = () => {
          cancel();
          resolve();
        };
      });
    }
  }

  /** What is missing, or undefined when all is there. */
  async #look(): Promise<string | undefined> {
    const { reader, prefix, uses, journal } = this.#options;
    const topics = topicsOf(prefix);
    const births: PartitionBorn[] = [];
    let partitions = 1;
    for (let partition = 0; partition < partitions; partition++) {
      const birth = await readBirth(reader, topics.log, partition);
      if (birth === undefined) {
        return `Expected partition ${partition} of ${topics.log} to be born, but it is empty. Run: millrace topics apply`;
      }
      births.push(birth);
      if (partition > 0) continue;
      partitions = birth.partitions;
      await this.#checkTopics(partitions, uses);
    }
    checkBirths(topics.log, partitions, births);
    this.#born = births[0];
    journal.info({ partitions }, 'the log is born');
    return undefined;
  }

  async #checkTopics(logPartitions: number, uses: LogBirthsOptions['uses']): Promise<void> {
    const { prefix, check } = this.#options;
    const used = uses(topicsOf(prefix));
    const plans = planTopics({ prefix, logPartitions, taskPartitions: 1, queues: [] });
    await check(plans.filter(({ topic }) => used.includes(topic)));
  }
}
