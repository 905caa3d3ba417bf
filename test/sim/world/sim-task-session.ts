import { OffsetOutOfRange, type TaskAssignment, type TaskSourceListener } from '@millrace/runtime';
import { bandOfTopic } from '@millrace/protocol';
import type { Network } from './network.ts';
import type { SimProcess } from './sim-process.ts';
import { SimReader } from './sim-reader.ts';

const pollMs = 500;
const commitMs = 250;
const pauseMs = 200;

interface TaskPartition {
  readonly topic: string;
  readonly partition: number;
}

export interface SimTaskSessionOptions {
  readonly process: SimProcess;
  readonly network: Network;
  /** The group's, at the coordinator. */
  readonly committed: ReadonlyMap<string, number>;
  /** Settled in the assignment before this one, where nobody else can have held anything since. */
  readonly carried: ReadonlyMap<string, number>;
  readonly positions: readonly TaskPartition[];
  readonly queues: TaskAssignment['queues'];
  readonly commit: (offsets: ReadonlyMap<string, number>) => Promise<boolean>;
  readonly listener: TaskSourceListener;
}

/** Reads one assignment from the committed offsets on, until it is over. */
export class SimTaskSession {
  readonly #options: SimTaskSessionOptions;
  readonly #reader: SimReader;
  readonly #positions = new Map<string, TaskPartition & { offset: number; endAtJoin: number; takenMax: number }>();
  #settled = new Map<string, number>();
  #isCommitting = false;
  #over = false;
  #told = false;

  constructor(options: SimTaskSessionOptions) {
    this.#options = options;
    this.#reader = new SimReader(options.process, options.network);
  }

  settle(topic: string, partition: number, nextOffset: number): void {
    const name = `${topic}/${partition}`;
    if (!this.#positions.has(name)) return;
    this.#settled.set(name, Math.max(this.#settled.get(name) ?? 0, nextOffset));
    if (!this.#isCommitting) void this.#commitOn();
  }

  async run(): Promise<void> {
    const { process, network, positions, queues, committed, carried, listener } = this.#options;
    if (carried.size > 0) await this.#options.commit(carried);
    const ends = await this.#persist(() => this.#reader.ends(positions));
    const offsets = await process.ask('fetch offsets', () =>
      positions.map(({ topic, partition }) => {
        const offset = committed.get(`${topic}/${partition}`) ?? 0;
        return network.faults.strikes('redelivery', 0.1) ? process.scheduler.chance.below(offset + 1) : offset;
      }),
    );
    if (this.#over || ends === undefined) return;
    const endOf = new Map<string, number>();
    for (const [index, { topic, partition }] of positions.entries()) {
      endOf.set(`${topic}/${partition}`, ends[index]!);
      const from = { offset: offsets[index]!, endAtJoin: ends[index]!, takenMax: -1 };
      this.#positions.set(`${topic}/${partition}`, { topic, partition, ...from });
    }
    this.#told = true;
    listener.joined({ queues, endOf: (topic, partition) => endOf.get(`${topic}/${partition}`) ?? Infinity });
    if (this.#positions.size === 0) return;
    while (!this.#over) await this.#persist(() => this.#readOn());
  }

  /** Nothing is handed over from now on. Gives what was settled and not committed. */
  async end(): Promise<ReadonlyMap<string, number>> {
    this.#over = true;
    void this.#reader.close();
    if (this.#told) this.#options.listener.left();
    const last = this.#settled;
    this.#settled = new Map();
    if (last.size === 0 || (await this.#options.commit(last))) return new Map();
    return last;
  }

  async #readOn(): Promise<void> {
    const { process, network } = this.#options;
    const fetched = await this.#reader.fetch([...this.#positions.values()], pollMs);
    fetched.sort((one, other) => bandOfTopic(other.topic) - bandOfTopic(one.topic));
    for (const { topic, partition, records } of fetched) {
      const last = records.at(-1);
      const position = this.#positions.get(`${topic}/${partition}`);
      if (this.#over || last === undefined || position === undefined) break;
      position.offset = last.offset + 1;
      if (network.faults.strikes('redelivery', 0.03)) position.offset = process.scheduler.chance.below(last.offset + 1);
      network.deliveries.given(process, records, position.endAtJoin, position.takenMax);
      position.takenMax = Math.max(position.takenMax, last.offset);
      void this.#options.listener.records(topic, partition, records);
    }
  }

  async #commitOn(): Promise<void> {
    this.#isCommitting = true;
    while (this.#settled.size > 0 && !this.#over) {
      await this.#options.process.pause(commitMs);
      const offsets = this.#settled;
      this.#settled = new Map();
      if (this.#over || offsets.size === 0) continue;
      if (!this.#options.network.faults.strikes('redelivery', 0.05)) await this.#options.commit(offsets);
    }
    this.#isCommitting = false;
  }

  async #persist<T>(attempt: () => Promise<T>): Promise<T | undefined> {
    while (!this.#over) {
      try {
        return await attempt();
      } catch (error) {
        if (error instanceof OffsetOutOfRange) await this.#beginAgain(error);
        else await this.#options.process.pause(pauseMs);
      }
    }
    return undefined;
  }

  /** What was committed is not there any more: it reads from the start, as the one on Kafka does. */
  async #beginAgain({ topic, partition }: OffsetOutOfRange): Promise<void> {
    const bounds = await this.#reader.bounds(topic, partition).catch(() => undefined);
    const position = this.#positions.get(`${topic}/${partition}`);
    if (bounds !== undefined && position !== undefined) position.offset = bounds.start;
  }
}
