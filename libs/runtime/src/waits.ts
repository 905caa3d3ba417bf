import type { Clock } from './ports.js';

/** Resolves after `delayMs` by this clock. */
export function pause(clock: Clock, delayMs: number): Promise<void> {
  return new Promise((resolve) => clock.after(delayMs, resolve));
}

/** Calls back every `periodMs`, first after one period; the returned function ends it and tolerates being called twice. */
export function every(clock: Clock, periodMs: number, callback: () => void): () => void {
  let cancel = (): void => {};
  let ended = false;
  const again = (): void => {
    cancel = clock.after(periodMs, () => {
      callback();
      if (!ended) again();
    });
  };
  again();
  return () => {
    ended = true;
    cancel();
  };
}
