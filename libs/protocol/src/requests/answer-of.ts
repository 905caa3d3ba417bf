import type { LogPosition, Submitted } from '../api/write.js';
import type { RequestVerdict } from '../control.js';
import { problemBody, type ProblemBody } from './service-problem.js';

/** What is in the log, or why it is not. */
export type Answer = Submitted | { readonly problem: ProblemBody };

/** What a request is answered that waited for its verdict; undefined where none came in time. */
export function answerOf(run: string, position: LogPosition, verdict: RequestVerdict | undefined): Answer {
  switch (verdict?.outcome) {
    case undefined:
      return { run, position, verdict: 'pending' };
    case 'new':
      return { run, position, verdict: 'new' };
    case 'known':
      return { run: verdict.first!, position, verdict: 'known' };
    case 'conflict':
      return { problem: keyConflict(verdict.first!) };
    case 'rejected':
      return { problem: rejected(verdict.reason ?? 'unknown') };
  }
}

function keyConflict(first: string) {
  const detail =
    `Expected the body that this idempotency key was first sent with, but this one is another. ` +
    `Run ${first} has the key: send that body again, or use another key.`;
  return problemBody({ status: 409, code: 'key-conflict', detail });
}

function rejected(reason: string) {
  const detail = `Expected the request to take effect, but its log partition rejected it: ${reason}. Send it again.`;
  return problemBody({ status: 503, code: 'request-rejected', detail, retryAfterMs: 1_000 });
}
