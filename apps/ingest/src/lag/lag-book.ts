import type { Heartbeat } from '@millrace/protocol';
import { PartitionLag, type Lag, type LogReader } from './partition-lag.js';

export interface LagBounds {
  /** Entries of one partition that a reader may be behind. */
  readonly eventsMax: number;
  /** For how long it may be behind the same place. */
  readonly ageMsMax: number;
}

/**
 * How far dispatchers and projectors are behind each partition of the log, from what they say in heartbeats and from where
 * the log ends. One that is silent counts by what it said last; a projector that was never heard does not count, since a
 * system may have none. All times are append times of heartbeats, this process's own included: no two clocks are compared.
 */
export class LagBook {
  readonly #partitions = new Map<number, PartitionLag>();
  readonly #behind = new Map<number, Lag>();
  #now: number | undefined;

  constructor(private readonly bounds: LagBounds) {}

  /** `at` is the append time. */
  hear(heartbeat: Heartbeat, at: number): void {
    this.#now = Math.max(at, this.#now ?? at);
    const { id: by } = heartbeat;
    if (heartbeat.kind === 'dispatcher') {
      for (const { partition, position, entries } of heartbeat.partitions)
        this.#hear('dispatcher', partition, { by, position, entries, at });
    } else if (heartbeat.kind === 'projector') {
      for (const [partition, position] of Object.entries(heartbeat.positions ?? {}))
        this.#hear('projector', Number(partition), {
          ...{ by, position, at },
          entries: heartbeat.entries?.[partition],
        });
    }
  }

  /** The log of `partition` ends at this offset now. */
  sawEnd(partition: number, end: number): void {
    if (this.#now === undefined) return;
    this.#of(partition).sawEnd(end, this.#now);
    this.#judge(partition);
  }

  /** This process's `items` are in the log, in the frame at `offset`. */
  appended(partition: number, offset: number, items: number): void {
    this.#of(partition).appended(offset, items);
  }

  /** Partitions with a reader that is behind by more than the bounds. */
  get behindPartitions(): number {
    return this.#behind.size;
  }

  /** The reader that is behind by more than the bounds; undefined where none is. */
  behind(partition: number): Lag | undefined {
    return this.#behind.get(partition);
  }

  #hear(reader: LogReader, partition: number, said: Parameters<PartitionLag['hear']>[1]): void {
    if (!Number.isSafeInteger(partition) || partition < 0 || partition >= partitionsMax) return;
    this.#of(partition).hear(reader, said);
    this.#judge(partition);
  }

  #judge(partition: number): void {
    const { eventsMax, ageMsMax } = this.bounds;
    const behind = this.#of(partition)
      .lags(this.#now!)
      .find(({ events, ageMs }) => events > eventsMax || ageMs > ageMsMax);
    if (behind === undefined) this.#behind.delete(partition);
    else this.#behind.set(partition, behind);
  }

  #of(partition: number): PartitionLag {
    let lag = this.#partitions.get(partition);
    if (lag === undefined) this.#partitions.set(partition, (lag = new PartitionLag(this.bounds.ageMsMax)));
    return lag;
  }
}

/** A log has no more of them. */
const partitionsMax = 65_536;
