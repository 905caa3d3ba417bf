import type { Run } from './run.js';

/** Numbers of a row. */
const width = 3;
/** Rows of a chunk: a power of two. */
export const chunkRows = 1_024;
const chunkBits = Math.log2(chunkRows);
const chunkMask = chunkRows - 1;
/** What a chunk after the first begins as: of nothing but doubles, and as long as it gets. */
const blankNumbers: readonly number[] = new Array<number>(chunkRows * width).fill(0.5);

export type RowColumn = 0 | 1 | 2;

/**
 * Rows of a run and three numbers, as columns: 32 bytes a row, where an object with boxed instants took 90. They stand in
 * chunks, since an array of a million that grows is copied whole time and again; the first chunk grows with its rows. An
 * array of nothing but numbers holds them unboxed; typed arrays made the collector look through everything more often. A
 * place past the end may not be read.
 */
export class RunRows {
  readonly #runs: Run[][] = [];
  readonly #numbers: number[][] = [];
  #length = 0;

  get length(): number {
    return this.#length;
  }

  runOf(row: number): Run {
    return this.#runs[row >> chunkBits]![row & chunkMask]!;
  }

  numberOf(row: number, column: RowColumn): number {
    return this.#numbers[row >> chunkBits]![(row & chunkMask) * width + column]!;
  }

  /** Gives the index of the new row. */
  push(run: Run, first: number, second: number, third: number): number {
    const row = this.#length++;
    if ((row & chunkMask) === 0 && row >> chunkBits === this.#runs.length) {
      this.#runs.push([]);
      this.#numbers.push(row === 0 ? [] : blankNumbers.slice());
    }
    this.set(row, run, first, second, third);
    return row;
  }

  set(row: number, run: Run, first: number, second: number, third: number): void {
    const numbers = this.#numbers[row >> chunkBits]!;
    const from = (row & chunkMask) * width;
    this.#runs[row >> chunkBits]![row & chunkMask] = run;
    numbers[from] = first;
    numbers[from + 1] = second;
    numbers[from + 2] = third;
  }

  /** Writes row `from` over row `to`. */
  copy(from: number, to: number): void {
    this.set(to, this.runOf(from), this.numberOf(from, 0), this.numberOf(from, 1), this.numberOf(from, 2));
  }

  removeLast(): void {
    const last = --this.#length;
    this.#runs[last >> chunkBits]!.pop();
    if ((last & chunkMask) > 0) return;
    this.#runs.pop();
    this.#numbers.pop();
  }

  /** Takes out the first `chunkRows` rows: the others are that much nearer to the front. */
  removeFirstChunk(): void {
    this.#runs.shift();
    this.#numbers.shift();
    this.#length -= chunkRows;
  }
}
