import type { ProblemFault } from '@millrace/protocol';

export interface MillraceErrorOptions extends ErrorOptions {
  readonly code: string;
  readonly status: number;
  readonly detail: string;
  readonly retryAfterMs?: number | undefined;
  readonly faults?: readonly ProblemFault[] | undefined;
}

/**
 * Everything that the client throws. Decide by `code`: the problem's own (`workflow-unknown`, `log-unavailable`, ...), or
 * `unreachable` (nobody answered; `cause` has why), `not-a-problem` (an answer that is none of Millrace's), `wait-over`
 * (`waitForRun` ran out of time), `answer-incomplete` (`submitStream` was answered for some items only).
 */
export class MillraceError extends Error {
  override readonly name = 'MillraceError';
  readonly code: string;
  /** HTTP status; 0 where there was no answer. */
  readonly status: number;
  readonly detail: string;
  /** When the same call may succeed, in milliseconds from then. */
  readonly retryAfterMs: number | undefined;
  /** Everything that is wrong with the request, each with its place. */
  readonly faults: readonly ProblemFault[];

  constructor({ code, status, detail, retryAfterMs, faults = [], ...options }: MillraceErrorOptions) {
    super(`${detail} (${code})`, options);
    this.code = code;
    this.status = status;
    this.detail = detail;
    this.retryAfterMs = retryAfterMs;
    this.faults = faults;
  }
}
