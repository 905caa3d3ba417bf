/** Seconds from one millisecond to ten seconds: what a request, a transaction or an append takes. */
export const secondsUpTo10: readonly number[] = [
  0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
];

/** How long something took, counted in buckets: plain numbers, nothing is allocated when one is added. */
export class Durations {
  /** Of the buckets, not cumulative; the last is of what took longer than the last bound. */
  readonly counts: number[];
  sumSeconds = 0;

  /** @param boundsSeconds upper bounds of the buckets, included, ascending. */
  constructor(readonly boundsSeconds: readonly number[] = secondsUpTo10) {
    this.counts = new Array<number>(boundsSeconds.length + 1).fill(0);
  }

  add(ms: number): void {
    const seconds = ms / 1_000;
    this.sumSeconds += seconds;
    let bucket = 0;
    while (bucket < this.boundsSeconds.length && seconds > this.boundsSeconds[bucket]!) bucket += 1;
    this.counts[bucket]! += 1;
  }
}
