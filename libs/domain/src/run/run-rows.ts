import type { Run } from './run.js';

/** Numbers of a row. */
const width = 3;

export type RowColumn = 0 | 1 | 2;

/**
 * Rows of a run and three numbers, as columns: 32 bytes a row and half of that to spare at most, where an object with boxed
 * instants took 90. An array of nothing but numbers holds them unboxed; typed arrays that grow make the collector look
 * through everything time and again. A place past the end may not be read.
 */
export class RunRows {
  readonly #runs: Run[] = [];
  readonly #numbers: number[] = [];

  get length(): number {
    return this.#runs.length;
  }

  runOf(row: number): Run {
    return this.#runs[row]!;
  }

  numberOf(row: number, column: RowColumn): number {
    return this.#numbers[row * width + column]!;
  }

  /** Gives the index of the new row. */
  push(run: Run, first: number, second: number, third: number): number {
    this.#numbers.push(first, second, third);
    return this.#runs.push(run) - 1;
  }

  set(row: number, run: Run, first: number, second: number, third: number): void {
    const numbers = this.#numbers;
    this.#runs[row] = run;
    numbers[row * width] = first;
    numbers[row * width + 1] = second;
    numbers[row * width + 2] = third;
  }

  /** Writes row `from` over row `to`. */
  copy(from: number, to: number): void {
    const numbers = this.#numbers;
    this.#runs[to] = this.#runs[from]!;
    for (let column = 0; column < width; column++) numbers[to * width + column] = numbers[from * width + column]!;
  }

  insert(row: number, run: Run, first: number, second: number, third: number): void {
    this.#runs.splice(row, 0, run);
    this.#numbers.splice(row * width, 0, first, second, third);
  }

  /** Takes rows out from `from` to below `to`. */
  remove(from: number, to: number): void {
    this.#runs.splice(from, to - from);
    this.#numbers.splice(from * width, (to - from) * width);
  }

  removeLast(): void {
    this.#runs.pop();
    for (let column = 0; column < width; column++) this.#numbers.pop();
  }
}
