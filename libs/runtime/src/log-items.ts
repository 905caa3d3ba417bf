import { crc32 } from 'node:zlib';
import type { EventAddress, Item } from '@millrace/domain';
import { decodeFrame, rulesKnown } from '@millrace/protocol';
import { LogUnavailable, type RecordReader } from './ports.js';

/** Gives back what the log holds at addresses that a fold has kept. */
export interface ItemsOfLog {
  /**
   * The item at each address, by the address as it was given. Calls may overlap and are served one after the other. Throws
   * `LogUnavailable` where the log does not answer or the record is not whole, `OffsetOutOfRange`, `TopicMissing`.
   */
  read(partition: number, addresses: readonly EventAddress[]): Promise<ReadonlyMap<EventAddress, Item>>;
}

const fetchWaitMs = 2_000;

/** Reads addresses in order of offset; records between them come along, so that near ones share a fetch. */
export class LogItems implements ItemsOfLog {
  readonly #reader: RecordReader;
  readonly #topic: string;
  #last: Promise<unknown> = Promise.resolve();

  /** The reader is this object's alone. */
  constructor(reader: RecordReader, topic: string) {
    this.#reader = reader;
    this.#topic = topic;
  }

  read(partition: number, addresses: readonly EventAddress[]): Promise<ReadonlyMap<EventAddress, Item>> {
    const reading = this.#last.then(() => this.#read(partition, addresses));
    this.#last = reading.catch(() => undefined);
    return reading;
  }

  async #read(partition: number, addresses: readonly EventAddress[]): Promise<ReadonlyMap<EventAddress, Item>> {
    const found = new Map<EventAddress, Item>();
    const wanted = Map.groupBy(addresses, ({ offset }) => offset);
    const offsets = [...wanted.keys()].sort((one, other) => one - other);
    for (let next = 0; next < offsets.length;) {
      const from = offsets[next]!;
      const [fetched] = await this.#reader.fetch([{ topic: this.#topic, partition, offset: from }], fetchWaitMs);
      for (const record of fetched?.records ?? []) {
        if (record.offset !== offsets[next]) continue;
        const isWhole = record.value !== undefined && record.crc === crc32(record.value);
        if (!isWhole) throw this.#missing(partition, from);
        const { items } = decodeFrame(record.value, rulesKnown);
        for (const address of wanted.get(record.offset)!) found.set(address, items[address.index]!);
        next += 1;
      }
      if (offsets[next] === from) throw this.#missing(partition, from);
    }
    return found;
  }

  #missing(partition: number, offset: number): LogUnavailable {
    return new LogUnavailable(
      `Expected the record at ${this.#topic}/${partition}/${offset}, but it did not come whole.`,
    );
  }
}
