import { connectKafka, KafkaRecordReader } from '@millrace/kafka';
import { decodeFrame, rulesKnown, topicsOf } from '@millrace/protocol';
import type { LocalSystem } from '../apps/cli/dist/up/local-system.js';

/** A `TasksDispatched` as it lies in the log. */
export interface Dispatched {
  readonly epoch: number;
  /** Append time. */
  readonly at: number;
}

const quiet = { info: () => {}, warn: () => {}, error: () => {} };

/** Follows the decisions in all partitions of a system's log, from the end as it is at the start. */
export class DispatchTail {
  /** By partition, in order. */
  readonly seen: readonly Dispatched[][];
  readonly #reader: KafkaRecordReader;
  readonly #positions: { topic: string; partition: number; offset: number }[] = [];
  #stopped = false;
  #loop: Promise<void> = Promise.resolve();

  constructor({ brokers, prefix, partitions }: LocalSystem) {
    this.#reader = new KafkaRecordReader(
      connectKafka({ brokers: brokers.split(','), clientId: 'bench', journal: quiet }),
    );
    this.seen = Array.from({ length: partitions }, () => []);
    for (let partition = 0; partition < partitions; partition++) {
      this.#positions.push({ topic: topicsOf(prefix).log, partition, offset: 0 });
    }
  }

  async start(): Promise<void> {
    for (const position of this.#positions) {
      position.offset = (await this.#reader.bounds(position.topic, position.partition)).end;
    }
    this.#loop = this.#follow();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#reader.close();
    await this.#loop;
  }

  async #follow(): Promise<void> {
    while (!this.#stopped) {
      for (const { partition, records } of await this.#reader.fetch(this.#positions, 200)) {
        for (const { offset, at, value } of records) {
          this.#positions[partition]!.offset = offset + 1;
          for (const item of decodeFrame(value, rulesKnown).items) {
            if (item.type === 'TasksDispatched') this.seen[partition]!.push({ epoch: item.epoch, at });
          }
        }
      }
    }
  }
}
