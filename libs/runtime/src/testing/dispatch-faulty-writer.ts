import { LogUnavailable, type Appended, type OutgoingRecord, type RecordWriter } from '../ports.js';
import type { AppendFate, InMemoryLog } from './in-memory-log.js';

/** Numbers from 0 to 1, the same ones for the same seed (mulberry32). */
export function chanceOf(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** One process's connection to the log: appends fail by chance, and all of them once the process is killed. */
export class FaultyWriter implements RecordWriter {
  #killed = false;

  constructor(
    private readonly log: InMemoryLog,
    /** The fate of the next append. */
    private readonly fate: () => AppendFate,
  ) {}

  kill(): void {
    this.#killed = true;
  }

  append(topic: string, partition: number, records: readonly OutgoingRecord[]): Promise<Appended> {
    if (this.#killed) return Promise.reject(new LogUnavailable('Expected a living process, but it was killed.'));
    this.log.nextAppends([this.fate()], topic);
    return this.log.append(topic, partition, records);
  }

  async appendAll(batches: Parameters<RecordWriter['appendAll']>[0]): Promise<void> {
    const sends = batches.map((batch) => this.append(batch.topic, batch.partition, batch.records));
    const failed = (await Promise.allSettled(sends)).find((outcome) => outcome.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
  }
}
