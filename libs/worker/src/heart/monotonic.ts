/** Milliseconds of a clock that nobody sets, the same in every thread of the process. */
export function processMonotonicMs(): number {
  return Number(process.hrtime.bigint() / 1_000_000n);
}
