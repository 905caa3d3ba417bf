import { ServiceProblem } from '@millrace/nest-kit';
import type { ProblemCode } from '@millrace/protocol';
import { CursorInvalid, DatabaseRefused, DatabaseUnavailable, SqlRefused, TooManyWaiters } from '@millrace/postgres';

const retryAfterMs = 1_000;
const canceled = '57014';
const missing = ['42P01', '42703'];

/** The answer for what a read threw; anything else is a bug, and comes back as it is. */
export function problemOfRead(cause: unknown): unknown {
  const problem = (status: number, code: ProblemCode, detail: string, retry = false): ServiceProblem =>
    new ServiceProblem({ status, code, detail, cause, ...(retry && { retryAfterMs }) });
  if (cause instanceof CursorInvalid) return problem(400, 'cursor-invalid', cause.message);
  if (cause instanceof SqlRefused) {
    return cause.sqlState === canceled
      ? problem(422, 'sql-timeout', cause.message)
      : problem(400, 'sql-refused', placed(cause));
  }
  if (cause instanceof TooManyWaiters) return problem(503, 'too-many-waiters', cause.message, true);
  if (cause instanceof DatabaseUnavailable) return problem(503, 'database-unavailable', cause.message, true);
  if (cause instanceof DatabaseRefused && cause.sqlState === canceled) {
    const detail =
      'Expected the read to end in time, but too many rows had to be looked at. Narrow it with since or until.';
    return problem(504, 'read-timeout', detail);
  }
  if (cause instanceof DatabaseRefused && missing.includes(cause.sqlState)) {
    return problem(503, 'database-not-migrated', cause.message, true);
  }
  return cause instanceof DatabaseRefused ? problem(503, 'database-refused', cause.message, true) : cause;
}

function placed({ message, position }: SqlRefused): string {
  return position === undefined ? message : `${message} (at character ${position} of the query)`;
}
