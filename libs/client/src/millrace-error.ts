import type { ProblemCode, ProblemFault } from '@millrace/protocol';

/** What the client says by itself, beside what the service answers. */
export type ClientErrorCode =
  /** The URL that the client was made with is none. */
  | 'url-invalid'
  /** Nobody answered, or not to the end; `cause` has why. */
  | 'unreachable'
  /** An answer that is none of Millrace's: another service listens there, or a proxy speaks for it. */
  | 'not-a-problem'
  /** `waitForRun` or `waitForResult` ran out of time; the run goes on. */
  | 'wait-over'
  /** `submitStream` was answered for some items only. */
  | 'answer-incomplete'
  /** An input does not match the schema that it was submitted by: nothing was sent. */
  | 'input-mismatch'
  /** A result does not match the schema that it is read by. */
  | 'result-mismatch'
  /** `waitForResult` of a run that ended without a result. */
  | 'run-not-succeeded';

/** Every code of a `MillraceError`. */
export type MillraceErrorCode = ProblemCode | ClientErrorCode;

export interface MillraceErrorOptions extends ErrorOptions {
  /** A service of a later version may answer one that is not known here. */
  readonly code: MillraceErrorCode | (string & {});
  readonly status: number;
  readonly detail: string;
  readonly retryAfterMs?: number | undefined;
  readonly faults?: readonly ProblemFault[] | undefined;
}

/**
 * Everything that the client throws. Decide by `code`: a problem's own (`workflow-unknown`, `log-unavailable`, ...), or what the client
 * says itself (`unreachable`, `wait-over`, ...). A `switch` over it needs a default: a later version of the service may have more codes.
 */
export class MillraceError extends Error {
  override readonly name = 'MillraceError';
  readonly code: MillraceErrorCode;
  /** HTTP status; 0 where there was no answer. */
  readonly status: number;
  readonly detail: string;
  /** When the same call may succeed, in milliseconds from then. */
  readonly retryAfterMs: number | undefined;
  /** Everything that is wrong with the request, each with its place. */
  readonly faults: readonly ProblemFault[];

  constructor({ code, status, detail, retryAfterMs, faults = [], ...options }: MillraceErrorOptions) {
    super(`${detail} (${code})`, options);
    this.code = code as MillraceErrorCode;
    this.status = status;
    this.detail = detail;
    this.retryAfterMs = retryAfterMs;
    this.faults = faults;
  }
}
