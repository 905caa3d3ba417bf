import { uptime } from 'node:os';

/** A wall clock that moves against the monotonic one by more than this was set, or the machine slept, or both. */
const sleptMsMin = 1_000;
/** The clock of the machine's start is asked at least so often: a wall clock that was set back hides a sleep of as long. */
const lookMs = 100;

export interface Clocks {
  wallMs(): number;
  /** Nobody sets it; stands still while the machine is suspended. */
  monotonicMs(): number;
  /** Since the machine started, suspensions included: nobody sets it either. */
  bootMs(): number;
}

/**
 * Milliseconds that have passed: never goes back, counts the time in which the machine was suspended, which a monotonic
 * clock on Linux does not, and does not take a wall clock that is set for time that passes. The clock of the machine's start
 * costs 6 us a look, so it is asked where the wall clock has leapt, and otherwise ten times a second.
 */
export function uptimeOf({ wallMs, monotonicMs, bootMs }: Clocks): () => number {
  let ahead = wallMs() - monotonicMs();
  const bootAhead = bootMs() - monotonicMs();
  let lookedAt = monotonicMs();
  let sleptMs = 0;
  return () => {
    const monotonic = monotonicMs();
    const aheadNow = wallMs() - monotonic;
    if (Math.abs(aheadNow - ahead) > sleptMsMin || monotonic - lookedAt >= lookMs) {
      lookedAt = monotonic;
      sleptMs = Math.max(sleptMs, sleptMsOf(bootMs() - monotonic - bootAhead));
    }
    ahead = aheadNow;
    return monotonic + sleptMs;
  };
}

/** Clocks of whole seconds differ a little without any sleep. */
function sleptMsOf(aheadMs: number): number {
  return aheadMs > sleptMsMin ? aheadMs : 0;
}

/** That of this process, for every clock and adapter in it: what one of them noted, another may compare. */
export const processUptimeMs = uptimeOf({
  wallMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  bootMs: () => uptime() * 1_000,
});
