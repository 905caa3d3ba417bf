import { LogUnavailable, type Fetched, type Position, type RecordReader } from '@millrace/runtime';
import type { FaultPlan } from '../faults/fault-plan.ts';
import type { Brokers } from './brokers.ts';
import type { Network } from './network.ts';
import type { SimProcess } from './sim-process.ts';

/** Reads of one process. A long poll is answered when a record lands or its time is over; how much one answer holds is drawn. */
export class SimReader implements RecordReader {
  #closed = false;
  #endPoll: () => void = () => undefined;

  readonly #process: SimProcess;
  readonly #brokers: Brokers;
  readonly #faults: FaultPlan;

  constructor(process: SimProcess, { brokers, faults }: Network) {
    this.#process = process;
    this.#brokers = brokers;
    this.#faults = faults;
  }

  async fetch(positions: readonly Position[], waitMsMax: number): Promise<Fetched[]> {
    if (this.#closed) return [];
    const until = this.#process.scheduler.nowMs + waitMsMax;
    return new Promise((resolve, reject) => {
      const { scheduler } = this.#process;
      const serve = (): void => {
        try {
          this.#mayFail();
          const found = this.#read(positions);
          const leftMs = until - scheduler.nowMs;
          if (found.length > 0 || leftMs <= 0 || this.#closed) {
            this.#process.effect(this.#process.latencyMs(), 'fetch answered', () => resolve(this.#closed ? [] : found));
          } else this.#poll(positions, leftMs, serve);
        } catch (error) {
          this.#process.effect(this.#process.latencyMs() + 20, 'fetch failed', () => reject(error as Error));
        }
      };
      if (this.#process.isAlive) scheduler.after(this.#process.latencyMs(), undefined, 'fetch', serve);
    });
  }

  bounds(topic: string, partition: number): Promise<{ start: number; end: number }> {
    return this.#process.ask(`bounds ${topic}/${partition}`, () => {
      this.#mayFail();
      const { start, end } = this.#brokers.partition(topic, partition);
      return { start, end };
    });
  }

  /** The next offsets of many partitions. */
  ends(all: readonly { topic: string; partition: number }[]): Promise<number[]> {
    return this.#process.ask('ends', () => {
      this.#mayFail();
      return all.map(({ topic, partition }) => this.#brokers.partition(topic, partition).end);
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#endPoll();
  }

  #poll(positions: readonly Position[], waitMs: number, serve: () => void): void {
    const { scheduler } = this.#process;
    const undos: (() => void)[] = [];
    let isOver = false;
    const finish = (goOn: () => void): void => {
      if (isOver) return;
      isOver = true;
      for (const undo of undos) undo();
      timeout.isCancelled = true;
      if (this.#process.isAlive) goOn();
    };
    const fetchIn = (delayMs: number): void => void scheduler.after(delayMs, undefined, 'fetch', serve);
    const timeout = scheduler.after(waitMs, undefined, 'fetch timed out', () => finish(serve));
    for (const { topic, partition } of positions) {
      const landed = (): void => finish(() => fetchIn(scheduler.chance.below(3)));
      undos.push(this.#brokers.log.partition(topic, partition).onAppend(landed));
    }
    this.#endPoll = () => finish(() => fetchIn(0));
  }

  #read(positions: readonly Position[]): Fetched[] {
    return positions.flatMap(({ topic, partition, offset }) => {
      const from = this.#brokers.partition(topic, partition);
      const records = from.from(offset);
      if (records.length === 0) return [];
      const isShort = records.length > 1 && this.#faults.strikes('read-short', 0.3);
      const given = isShort ? records.slice(0, this.#process.scheduler.chance.between(1, records.length - 1)) : records;
      return [{ topic, partition, records: given, endOffset: from.end }];
    });
  }

  #mayFail(): void {
    if (this.#faults.strikes('read-failed', 0.01)) throw new LogUnavailable('Expected an answer, but none came.');
  }
}
