const sampleMax = 64;
const sampleMin = 8;

/** How long recent handlers ran. Keeps the last 64; says nothing before it has 8. */
export class RunTimes {
  readonly #durationsMs = new Int32Array(sampleMax);
  #count = 0;

  add(durationMs: number): void {
    this.#durationsMs[this.#count++ % sampleMax] = Math.max(0, durationMs);
  }

  /** Upper median in milliseconds, undefined where too little is known. */
  medianMs(): number | undefined {
    if (this.#count < sampleMin) return undefined;
    const known = this.#durationsMs.slice(0, Math.min(this.#count, sampleMax)).sort();
    return known[known.length >> 1];
  }
}
