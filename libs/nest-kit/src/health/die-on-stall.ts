import { every, type Clock } from '@millrace/runtime';
import type { Health } from './health.js';

const sweepMs = 1_000;
/** /livez fails for this many sweeps first, so that whoever asks it can see why. */
const sweepsStalledMax = 5;

/**
 * Progress or die: looks at the checks every second, so that a stall is measured even where nobody asks, and calls `die` when
 * a part has been stalled for some seconds. A time in which the process stood still is nobody's stall. `stop` is idempotent.
 */
export function dieOnStall(health: Health, clock: Clock, die: (detail: string) => void): { stop(): void } {
  let sweepsStalled = 0;
  return {
    stop: every(clock, sweepMs, () => {
      const stalled = health.sweep().find((check) => check.stalled);
      sweepsStalled = stalled === undefined ? 0 : sweepsStalled + 1;
      if (stalled !== undefined && sweepsStalled > sweepsStalledMax) {
        die(`Expected ${stalled.name} to get on, but it has not: ${stalled.detail}`);
      }
    }),
  };
}
