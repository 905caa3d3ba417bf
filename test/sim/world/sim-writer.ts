import {
  LogUnavailable,
  RecordTooLarge,
  type Appended,
  type OutgoingRecord,
  type RecordWriter,
} from '@millrace/runtime';
import type { FaultPlan } from '../faults/fault-plan.ts';
import { taskTopics, topics, type Brokers } from './brokers.ts';
import type { Deliveries } from '../oracles/deliveries.ts';
import type { Network } from './network.ts';
import type { SimProcess } from './sim-process.ts';

const requestBytesMax = 1024 * 1024;
/** What is answered with a failure is so after a while at most. */
const failedMsMax = 1_500;
/** And may land after that. */
const lateMsMax = 8_000;
/** So long somebody stands still who has just sent something to the log. */
const [stallMsMin, stallMsMax] = [1_500, 5_000];
/** So long a delivery is under way that is late. */
const [deliveryMsMin, deliveryMsMax] = [1_500, 6_000];

type Batch = { topic: string; partition: number; records: readonly OutgoingRecord[] };

/** Appends of one process. What it has sent may land, late or twice, whatever becomes of the process and of its answer. */
export class SimWriter implements RecordWriter {
  /** One connection keeps the order of what it carries to a partition. */
  readonly #lastLandingMs = new Map<string, number>();

  readonly #process: SimProcess;
  readonly #brokers: Brokers;
  readonly #faults: FaultPlan;
  readonly #deliveries: Deliveries;

  constructor(process: SimProcess, { brokers, faults, deliveries }: Network) {
    this.#process = process;
    this.#brokers = brokers;
    this.#faults = faults;
    this.#deliveries = deliveries;
  }

  append(topic: string, partition: number, records: readonly OutgoingRecord[]): Promise<Appended> {
    const bytes = records.reduce((sum, { value }) => sum + value.byteLength, 0);
    if (bytes > requestBytesMax)
      return Promise.reject(new RecordTooLarge(`Expected at most ${requestBytesMax} bytes.`));
    return new Promise((resolve, reject) => {
      if (!this.#process.isAlive) return;
      if (topic.startsWith(taskTopics)) this.#deliveries.sent(records);
      const fail = (error: unknown = new LogUnavailable('Expected an acknowledgement, but none came.')): void =>
        reject(error as Error);
      const land = (): Appended => this.#brokers.append(topic, partition, records);
      const { chance } = this.#process.scheduler;
      const label = `append ${topic}/${partition}`;
      if (
        this.#faults.strikes(
          topic === topics.control ? 'control-lost' : 'append-lost',
          topic === topics.control ? 0.2 : 0.04,
        )
      ) {
        return void this.#process.effect(chance.below(failedMsMax), `${label} lost`, fail);
      }
      if (this.#faults.strikes('append-late', 0.03)) {
        const failedMs = chance.below(failedMsMax);
        this.#process.effect(failedMs, `${label} not answered`, fail);
        this.#at(failedMs + chance.below(lateMsMax), `${label} lands late`, () => quietly(land));
        return;
      }
      if (topic === topics.log && this.#faults.strikes('send-stalls', 0.01)) this.#stall();
      const isAnswered = !this.#faults.strikes('append-unacknowledged', 0.04);
      const isDoubled = topic === topics.log && this.#faults.strikes('append-doubled', 0.04);
      const isLate = topic.startsWith(taskTopics) && this.#faults.strikes('delivery-late', 0.06);
      const lateMs = isLate ? chance.between(deliveryMsMin, deliveryMsMax) : 0;
      this.#at(this.#inOrder(topic, partition) + lateMs, label, () => {
        try {
          const appended = land();
          if (isDoubled) land();
          if (isAnswered) this.#process.effect(this.#process.latencyMs(), `${label} answered`, () => resolve(appended));
          else this.#process.effect(chance.below(failedMsMax), `${label} not answered`, fail);
        } catch (error) {
          this.#process.effect(this.#process.latencyMs() + 50, `${label} failed`, () => fail(error));
        }
      });
    });
  }

  async appendAll(batches: readonly Batch[]): Promise<void> {
    const results = await Promise.allSettled(
      batches.map(({ topic, partition, records }) => this.append(topic, partition, records)),
    );
    for (const result of results) if (result.status === 'rejected') throw result.reason;
  }

  /** Whoever sends stands still at once, and hears of nothing meanwhile. */
  #stall(): void {
    const process = this.#process;
    process.freeze();
    this.#at(process.scheduler.chance.between(stallMsMin, stallMsMax), `wakes ${process.name}`, () => process.wake());
  }

  #at(delayMs: number, label: string, run: () => void): void {
    this.#process.scheduler.after(delayMs, undefined, label, run);
  }

  #inOrder(topic: string, partition: number): number {
    const name = `${topic}/${partition}`;
    const { nowMs } = this.#process.scheduler;
    const atMs = Math.max(Math.round(nowMs + this.#process.latencyMs()), (this.#lastLandingMs.get(name) ?? 0) + 1);
    this.#lastLandingMs.set(name, atMs);
    return atMs - nowMs;
  }
}

function quietly(land: () => unknown): void {
  try {
    land();
  } catch (error) {
    if (!(error instanceof LogUnavailable)) throw error;
  }
}
