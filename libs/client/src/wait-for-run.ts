import type { RunDetail } from '@millrace/protocol';
import { pause } from './retries.js';
import { MillraceError } from './millrace-error.js';

export interface WaitOptions {
  /** Default 60,000. */
  readonly timeoutMs?: number;
}

const timeoutMsDefault = 60_000;
const pollMsMin = 20;
const pollMsMax = 500;

/** Asks again and again, more slowly each time. A run that the read side does not show yet is waited for too. */
export async function waitForRun(
  run: string,
  getRun: (run: string) => Promise<RunDetail>,
  { timeoutMs = timeoutMsDefault }: WaitOptions = {},
): Promise<RunDetail> {
  const until = Date.now() + timeoutMs;
  let last: string | undefined;
  for (let pollMs = pollMsMin; ; pollMs = Math.min(pollMs * 1.5, pollMsMax)) {
    const found = await getRun(run).catch((error: unknown) => {
      if (error instanceof MillraceError && error.code === 'run-unknown') return undefined;
      throw error;
    });
    last = found?.run.status;
    if (found !== undefined && last !== 'running') return found;
    if (Date.now() + pollMs > until) break;
    await pause(pollMs);
  }
  const detail = `Expected run ${run} to end within ${timeoutMs} ms, but it is ${last ?? 'not shown yet'}.`;
  throw new MillraceError({ code: 'wait-over', status: 0, detail });
}
