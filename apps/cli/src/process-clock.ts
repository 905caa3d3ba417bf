import type { Clock } from '@millrace/runtime';

/** The clock of this process. */
export const processClock: Clock = {
  now: () => Date.now(),
  uptimeMs: () => performance.now(),
  after: (delayMs, callback) => {
    const timer = setTimeout(callback, delayMs);
    return () => clearTimeout(timer);
  },
};
