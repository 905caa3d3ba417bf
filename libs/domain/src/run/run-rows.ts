import type { Run } from './run.js';

/** Numbers of a row. */
const width = 3;
const fewRows = 2;
/** From so many rows on a fourth is added where there is no room, and before the double. */
const manyRows = 64;

export type RowColumn = 0 | 1 | 2;

/**
 * Rows of a run and three numbers, as columns: 32 bytes a row and a fourth of that to spare at most, where an object with
 * boxed instants took 90. A place past the end may not be read.
 */
export class RunRows {
  #runs: Run[] = [];
  #numbers = new Float64Array(fewRows * width);

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
    const row = this.#runs.length;
    const roomFor = this.#numbers.length / width;
    if (row === roomFor) this.#resize(roomFor < manyRows ? 2 * roomFor : Math.ceil(1.25 * roomFor));
    this.#runs.push(run);
    this.#write(row, first, second, third);
    return row;
  }

  set(row: number, run: Run, first: number, second: number, third: number): void {
    this.#runs[row] = run;
    this.#write(row, first, second, third);
  }

  /** Writes row `from` over row `to`. */
  copy(from: number, to: number): void {
    const numbers = this.#numbers;
    this.#runs[to] = this.#runs[from]!;
    for (let column = 0; column < width; column++) numbers[to * width + column] = numbers[from * width + column]!;
  }

  insert(row: number, run: Run, first: number, second: number, third: number): void {
    this.push(run, first, second, third);
    this.#runs.pop();
    this.#runs.splice(row, 0, run);
    this.#numbers.copyWithin((row + 1) * width, row * width, (this.length - 1) * width);
    this.#write(row, first, second, third);
  }

  /** Takes rows out from `from` to below `to`. */
  remove(from: number, to: number): void {
    this.#numbers.copyWithin(from * width, to * width, this.length * width);
    this.#runs.splice(from, to - from);
    this.#shrink();
  }

  removeLast(): void {
    this.#runs.pop();
    this.#shrink();
  }

  #write(row: number, first: number, second: number, third: number): void {
    const numbers = this.#numbers;
    numbers[row * width] = first;
    numbers[row * width + 1] = second;
    numbers[row * width + 2] = third;
  }

  #shrink(): void {
    const roomFor = this.#numbers.length / width;
    if (roomFor > manyRows && roomFor > 4 * this.length) this.#resize(roomFor >> 1);
  }

  #resize(roomFor: number): void {
    const old = this.#numbers;
    this.#numbers = new Float64Array(roomFor * width);
    this.#numbers.set(old.subarray(0, this.#numbers.length));
  }
}
