/** Whole numbers in a row, four bytes each; room doubles when it is full. */
export class GrowingInts {
  #ints = new Int32Array(16);
  length = 0;

  constructor(...first: number[]) {
    for (const value of first) this.push(value);
  }

  at(place: number): number {
    return this.#ints[place]!;
  }

  push(value: number): void {
    if (this.length === this.#ints.length) {
      const more = new Int32Array(2 * this.length);
      more.set(this.#ints);
      this.#ints = more;
    }
    this.#ints[this.length++] = value;
  }

  set(place: number, value: number): void {
    this.#ints[place] = value;
  }

  /** A copy of just what is there. */
  taken(): Int32Array {
    return this.#ints.slice(0, this.length);
  }
}
