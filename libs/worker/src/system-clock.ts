import { processUptimeMs, type Clock } from '@millrace/runtime';

/** The process's clock. Its timers keep no process alive. */
export const systemClock: Clock = {
  now: () => Date.now(),
  uptimeMs: processUptimeMs,
  after: (delayMs, callback) => {
    const timer = setTimeout(callback, delayMs).unref();
    return () => clearTimeout(timer);
  },
};
