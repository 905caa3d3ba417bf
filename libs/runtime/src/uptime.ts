/** A wall clock that runs ahead of the other by more than this was set, or the machine slept: that counts as passed. */
const sleptMsMin = 1_000;

/**
 * Milliseconds that have passed, from a monotonic clock and a wall clock: never goes back, and counts the time in which the
 * machine was suspended, which a monotonic clock on Linux does not.
 */
export function uptimeOf(wallMs: () => number, monotonicMs: () => number): () => number {
  let ahead = wallMs() - monotonicMs();
  let sleptMs = 0;
  return () => {
    const monotonic = monotonicMs();
    const aheadNow = wallMs() - monotonic;
    if (aheadNow - ahead > sleptMsMin) sleptMs += aheadNow - ahead;
    ahead = aheadNow;
    return monotonic + sleptMs;
  };
}

/** That of this process, for every clock and adapter in it: what one of them noted, another may compare. */
export const processUptimeMs = uptimeOf(
  () => Date.now(),
  () => performance.now(),
);
