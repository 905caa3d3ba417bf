import { RunRows } from '../run/run-rows.js';
import type { Run } from '../run/run.js';
import type { ReadyEntry } from './ready-ring.js';

/** Above every number of an attempt, which is a 32-bit integer; a task run's index stands above that. */
const attempts = 2 ** 32;

/** Entries in a given order, kept small: an entry is made when it is read. */
export class ReadyRows {
  readonly #rows = new RunRows();

  constructor(entries: Iterable<ReadyEntry> = []) {
    for (const entry of entries) this.push(entry);
  }

  get length(): number {
    return this.#rows.length;
  }

  push({ run, task, attempt, seq, since }: ReadyEntry): void {
    this.#rows.push(run, task * attempts + attempt, seq, since);
  }

  at(row: number): ReadyEntry {
    const rows = this.#rows;
    const placed = rows.numberOf(row, 0);
    const task = Math.floor(placed / attempts);
    const attempt = placed - task * attempts;
    return { run: rows.runOf(row), task, attempt, seq: rows.numberOf(row, 1), since: rows.numberOf(row, 2) };
  }

  /** Is the entry live? Asked of every one that leaves, so nothing is made for it. */
  isLive(row: number): boolean {
    const rows = this.#rows;
    const run = rows.runOf(row);
    const placed = rows.numberOf(row, 0);
    const task = Math.floor(placed / attempts);
    return run.statusOf(task) === 'queued' && run.attemptNumberOf(task) === placed - task * attempts;
  }

  seqOf(row: number): number {
    return this.#rows.numberOf(row, 1);
  }

  runOf(row: number): Run {
    return this.#rows.runOf(row);
  }

  /** Writes row `from` over row `to`. */
  copy(from: number, to: number): void {
    this.#rows.copy(from, to);
  }

  set(row: number, { run, task, attempt, seq, since }: ReadyEntry): void {
    this.#rows.set(row, run, task * attempts + attempt, seq, since);
  }

  /** Takes out the first `chunkRows` rows. */
  removeFirstChunk(): void {
    this.#rows.removeFirstChunk();
  }

  *[Symbol.iterator](): Generator<ReadyEntry, undefined> {
    for (let row = 0; row < this.length; row++) yield this.at(row);
  }
}
