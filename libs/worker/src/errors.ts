import type { RunId } from '@millrace/domain';
import type { FarParent } from '@millrace/protocol';

/** Thrown by a handler: no further execution could help, the task run ends as failed. */
export class NonRetryableError extends Error {
  override readonly name: string = 'NonRetryableError';
  /** What the worker looks at: any error with `retryable: false` counts. */
  readonly retryable = false;
}

/** Thrown by a handler: try again after this long, instead of the delay of the retry policy. Burns a retry like any failure. */
export class RetryAfterError extends Error {
  override readonly name: string = 'RetryAfterError';
  constructor(
    message: string,
    /** What the worker looks at: any error with a `retryAfterMs` of at least 0 counts, rounded up, at most ten years. */
    readonly retryAfterMs: number,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** The input does not match the handler's schema; each of `issues` names the field, what was expected and what was found. */
export class InputRefused extends NonRetryableError {
  override readonly name = 'InputRefused';
  constructor(
    readonly handler: string,
    readonly issues: readonly string[],
  ) {
    super(`Expected the input to match the schema of handler ${handler}, but: ${issues.join('; ')}.`);
  }
}

/** A handler asked for the fencing token of an attempt that it did not claim. */
export class FencingTokenUnclaimed extends NonRetryableError {
  override readonly name = 'FencingTokenUnclaimed';
  constructor(readonly handler: string) {
    super(
      `Expected handler ${handler} to claim its attempts before it reads a fencing token, but it does not. Serve it with claimFirst: true.`,
    );
  }
}

/** What the handler returned cannot travel as its result. */
export class ResultRefused extends NonRetryableError {
  override readonly name = 'ResultRefused';
}

/** What the handler gave to `heartbeat` cannot travel as its checkpoint. */
export class CheckpointRefused extends NonRetryableError {
  override readonly name = 'CheckpointRefused';
}

/** The handler succeeded, but a condition of an edge behind its task is neither true nor false of what it returned. */
export class ConditionFailed extends NonRetryableError {
  override readonly name = 'ConditionFailed';
  constructor(
    /** Undefined where all together took too long. */
    readonly condition: string | undefined,
    reason: string,
    options?: ErrorOptions,
  ) {
    const shown = condition === undefined ? 'the conditions behind the task' : `condition ${condition.slice(0, 140)}`;
    super(`Expected ${shown} to be decided by the result, but: ${reason}`, options);
  }
}

/** An execution took longer than its start-to-close. */
export class StartToCloseExceeded extends Error {
  override readonly name = 'StartToCloseExceeded';
  constructor(readonly startToCloseMs: number) {
    super(`Expected the handler to end within ${startToCloseMs} ms, but it was still running.`);
  }
}

/** A handler did not call `heartbeat` for its task's heartbeat timeout. */
export class HeartbeatTimeout extends Error {
  override readonly name = 'HeartbeatTimeout';
  constructor(readonly heartbeatTimeoutMs: number) {
    super(`Expected the handler to call heartbeat every ${heartbeatTimeoutMs} ms, but it was silent for longer.`);
  }
}

/** Why a handler's signal was aborted while its attempt went on or ended elsewhere. Its report would be rejected. */
export class AttemptRevoked extends Error {
  override readonly name = 'AttemptRevoked';
  constructor(readonly reason: string) {
    super(`Expected the attempt to stay with this worker, but it was taken away: ${reason}.`);
  }
}

/** A queue that a worker is to serve has no topics. */
export class QueueUndeclared extends Error {
  override readonly name = 'QueueUndeclared';
  constructor(
    readonly queue: string,
    readonly topic: string,
  ) {
    super(
      `Expected queue ${queue} to be declared, but there is no topic ${topic}. Declare it with all others: millrace topics apply --queues default,${queue}`,
    );
  }
}

/** A handler's name is taken, or is no name. */
export class HandlerRefused extends Error {
  override readonly name = 'HandlerRefused';
}

/** A handler asked for results of its parents at once that are more than fit. */
export class ParentResultsTooLarge extends NonRetryableError {
  override readonly name = 'ParentResultsTooLarge';
  constructor(
    readonly bytes: number,
    readonly bytesMax: number,
  ) {
    super(
      `Expected results of the parents of at most ${bytesMax} bytes together, but they have ${bytes}. Read them one by one, with eachParentResult or parentResult of the context.`,
    );
  }
}

/** The log holds something else where the result of a parent should stand, or does not reach back there any more. */
export class ParentResultLost extends NonRetryableError {
  override readonly name = 'ParentResultLost';
  constructor(
    readonly run: RunId,
    readonly parent: FarParent,
    cause?: unknown,
  ) {
    const { id, offset, index, bytes } = parent;
    super(
      `Expected the result of task ${id} of run ${run} with ${bytes} bytes in item ${index} of the log's record ${offset}, but it is not there. Submit the run again.`,
      { cause },
    );
  }
}

/** The log does not answer: the attempt is handed back, which burns no retry. */
export class ParentResultsUnread extends Error {
  override readonly name = 'ParentResultsUnread';
  constructor(
    readonly run: RunId,
    cause: unknown,
  ) {
    super(`Expected the log to give the results of parents in run ${run}, but it did not answer.`, { cause });
  }
}
