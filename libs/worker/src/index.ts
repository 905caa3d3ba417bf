export type { ClaimStage, WorkerCounts } from './worker-counts.js';
export { Worker, type WorkerCondition, type WorkerLoop } from './worker.js';
export type { Handler, HandlerOptions, TaskContext } from './handler.js';
export {
  ContractRefused,
  defineTask,
  isTaskContract,
  type HandlerInputOf,
  type InputOf,
  type ResultOf,
  type SchemaIssue,
  type SchemaOutcome,
  type StandardSchema,
  type TaskContract,
  type TaskContractOptions,
  type TaskDefaults,
} from '@millrace/protocol';
export { contractOptions } from './handler-arguments.js';
export {
  AttemptRevoked,
  FencingTokenUnclaimed,
  HandlerRefused,
  InputRefused,
  NonRetryableError,
  ParentResultLost,
  ParentResultsTooLarge,
  ParentResultsUnread,
  QueueUndeclared,
  ResultRefused,
  RetryAfterError,
  StartToCloseExceeded,
} from './errors.js';
export { ThreadDied } from './threads/thread-errors.js';
export { HandlersInvalid, loadHandlers, type HandlerEntry } from './load-handlers.js';
export { jsonLinesJournal } from './json-lines-journal.js';
export { createWorker, WorkerOptionsInvalid, type WorkerOptions } from './create-worker.js';
