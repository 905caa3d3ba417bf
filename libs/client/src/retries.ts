import type { MillraceError } from './millrace-error.js';

/** The answer to this says that the call may have taken effect all the same. */
export const undecidedCode = 'log-unavailable';

const firstMs = 250;
const growthMsMax = 10_000;
/** A service that asks for more is not waited for: the caller is told. */
const retryAfterMsMax = 60_000;
/** Those who were refused together are not to come back together. */
const jitter = 0.25;

/** After how long a call is repeated that has failed with `error` and was repeated `retries` times before; undefined for not at all. */
export function repeatAfterMs(error: MillraceError, isHarmlessTwice: boolean, retries: number): number | undefined {
  if (!mayRepeat(error, isHarmlessTwice)) return undefined;
  const { retryAfterMs } = error;
  if (retryAfterMs !== undefined && retryAfterMs > retryAfterMsMax) return undefined;
  const ms = retryAfterMs ?? Math.min(firstMs * 2 ** retries, growthMsMax);
  return ms * (1 + jitter * Math.random());
}

function mayRepeat({ status, code }: MillraceError, isHarmlessTwice: boolean): boolean {
  if (status === 429) return true;
  // Whoever answers 502 or 504 had passed the call on.
  if (status === 0 || status === 502 || status === 504) return isHarmlessTwice && code !== 'read-timeout';
  if (status !== 503) return false;
  // A proxy that says 503 by itself does not say whether the service had the call.
  return isHarmlessTwice || (code !== undecidedCode && code !== 'not-a-problem');
}

export function pause(delayMs: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const over = (): void => {
      clearTimeout(timer);
      reject(signal!.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', over);
      resolve();
    }, delayMs);
    if (signal?.aborted === true) return over();
    signal?.addEventListener('abort', over, { once: true });
  });
}
