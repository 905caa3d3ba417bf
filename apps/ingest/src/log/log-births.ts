import type { PartitionBorn } from '@millrace/domain';
import { ServiceProblem, type Check } from '@millrace/nest-kit';
import { planTopics, topicsOf } from '@millrace/protocol';
import { checkBirths, readBirth, type Clock, type Journal, type RecordReader } from '@millrace/runtime';
import type { IngestLog } from './ingest-log.js';

const retryMs = 1_000;

/**
 * Learns how many partitions the log was born with, and takes nothing before every one of them is born, in one cluster and
 * with the count that the topic has. Looks again every second until then, whatever is wrong. Start and stop are idempotent.
 */
export class LogBirths {
  readonly #reader: RecordReader;
  #partitions: number | undefined;
  #waitsFor: string;
  #loop: Promise<void> | undefined;
  #stopped = false;
  #wake: () => void = () => {};

  constructor(
    private readonly log: IngestLog,
    private readonly prefix: string,
    private readonly clock: Clock,
    private readonly journal: Journal,
  ) {
    this.#reader = log.reader();
    this.#waitsFor = 'Expected the log to be looked at, but this service has only just started.';
  }

  start(): void {
    this.#loop ??= this.#run();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#wake();
    await this.#reader.close();
    await this.#loop;
  }

  /** Count of log partitions. Throws the 503 that says what is waited for. */
  get partitions(): number {
    if (this.#partitions !== undefined) return this.#partitions;
    throw new ServiceProblem({ status: 503, code: 'log-not-ready', detail: this.#waitsFor, retryAfterMs: retryMs });
  }

  check(): Check {
    if (this.#partitions !== undefined) return { ready: true, detail: `${this.#partitions} partitions` };
    return { ready: false, detail: this.#waitsFor };
  }

  async #run(): Promise<void> {
    while (!this.#stopped && this.#partitions === undefined) {
      const waitsFor = await this.#look().catch((error: unknown) => (error as Error).message);
      if (waitsFor === undefined || this.#stopped) return;
      if (waitsFor !== this.#waitsFor) this.journal.warn({}, waitsFor);
      this.#waitsFor = waitsFor;
      await new Promise<void>((resolve) => {
        const cancel = this.clock.after(retryMs, resolve);
        this.#wake = () => {
          cancel();
          resolve();
        };
      });
    }
  }

  /** What is missing, or undefined when all is there. */
  async #look(): Promise<string | undefined> {
    const topics = topicsOf(this.prefix);
    const births: PartitionBorn[] = [];
    let partitions = 1;
    for (let partition = 0; partition < partitions; partition++) {
      const birth = await readBirth(this.#reader, topics.log, partition);
      if (birth === undefined) {
        return `Expected partition ${partition} of ${topics.log} to be born, but it is empty. Run: millrace topics apply`;
      }
      births.push(birth);
      if (partition > 0) continue;
      partitions = birth.partitions;
      const used = [topics.log, topics.workers, topics.workflows];
      const plans = planTopics({ prefix: this.prefix, logPartitions: partitions, taskPartitions: 1, queues: [] });
      await this.log.check(plans.filter(({ topic }) => used.includes(topic)));
    }
    checkBirths(topics.log, partitions, births);
    this.#partitions = partitions;
    this.journal.info({ partitions }, 'the log is born');
    return undefined;
  }
}
