import type {
  BulkAnswer,
  CommandAnswer,
  DrainAnswer,
  Freshness,
  LogPosition,
  PartitionList,
  QuarantineList,
  QueueList,
  RegisterWorkflow,
  RulesView,
  RunDetail,
  RunList,
  RunView,
  SetPriority,
  SqlRequest,
  SqlResult,
  SubmitBulk,
  SubmitRun,
  SubmitTask,
  Submitted,
  TaskContract,
  TaskRunList,
  TaskRunView,
  WorkerList,
  WorkflowContract,
  WorkflowDetail,
  WorkflowList,
  WorkflowRegistered,
  WorkflowView,
} from '@millrace/protocol';
import type { RunArguments, TaskArguments } from './contracts.js';
import type { ListQuarantine, ListRuns, ListTaskRuns, ListWorkflows } from './filters.js';
import type { StreamAnswer, StreamItem, StreamOptions } from './submit-stream.js';
import type { TailedEvent, TailOptions } from './tail-run.js';
import type { WaitOptions } from './wait-for-run.js';
import type { LineSource } from './workflow-lines.js';

export interface SubmitOptions {
  /** The answer has the verdict also without an idempotency key: the run exists, not only its request. Default false. */
  readonly waitForVerdict?: boolean;
  /** `traceparent` of W3C Trace Context, of what asks: every handler of the run has it in its context. Ignored where it is none. */
  readonly traceparent?: string | undefined;
}

/** What a program does with Millrace over HTTP. Every method throws `MillraceError` and, unless it says so, nothing else. */
export interface MillraceClient {
  /** A definition, or YAML as text. Registering the same twice is harmless. */
  registerWorkflow(definition: RegisterWorkflow | string): Promise<WorkflowRegistered>;
  /**
   * The same of up to 1,000,000 tasks, streamed as NDJSON: a first line `{"name": ...}`, then a task a line, such as `workflowLines`
   * gives. `open` is called for each try. Faults name their line.
   */
  streamWorkflow(open: () => LineSource): Promise<WorkflowRegistered>;
  /**
   * Resolves when the request is in the log. `log-unavailable` means that nobody knows: it is repeated by itself only with an
   * `idempotencyKey`. With one the answer has the verdict: `known` where the key has made a run already, which `run` names
   * then; `pending` where nobody said in time: submit it again. The same key with another body throws `key-conflict`.
   */
  submitRun(run: SubmitRun, options?: SubmitOptions): Promise<Submitted>;
  submitTask(task: SubmitTask, options?: SubmitOptions): Promise<Submitted>;
  /**
   * The same by what publisher and worker agreed on: `submitTask(resizeImage, { input })`. The input is checked before it is sent, as JSON
   * carries it. Throws `input-mismatch`, which names each field, what was expected and what was found.
   */
  submitTask<Input>(
    contract: TaskContract<Input>,
    ...task: [...TaskArguments<Input>, options?: SubmitOptions]
  ): Promise<Submitted>;
  submitRun<Input>(
    workflow: WorkflowContract<Input>,
    ...run: [...RunArguments<Input>, options?: SubmitOptions]
  ): Promise<Submitted>;
  /**
   * Up to 1,000 items; the answer has one for each, accepted or with its problem. Where each has an `idempotencyKey` of its own, the
   * whole is repeated by itself as a single submit with a key is, and what was logged already is answered with the verdict `known`.
   */
  submitBulk(items: SubmitBulk['items'], options?: SubmitOptions): Promise<BulkAnswer>;
  /**
   * Any number of items. Each is answered once, by its place; in order, but for those that the service would not take at once:
   * they are sent again when it said, and count among the bounded number that is in flight. Items are taken as answers are, so
   * leaving the loop stops it; what was taken by then counts. Throws what the iterable throws, and `MillraceError` where the
   * service does not answer: of items that are not answered nobody knows whether they are logged, and those with an
   * `idempotencyKey` may be sent again.
   */
  submitStream(
    items: Iterable<StreamItem> | AsyncIterable<StreamItem>,
    options?: StreamOptions,
  ): AsyncIterableIterator<StreamAnswer>;
  /**
   * Resolves when the command is in the log, with what became of it there: `accepted`, `unchanged` for a run that was cancelled
   * already, or `pending` where nobody said within two seconds; then the run's state tells. Throws `run-ended` for a run that
   * ended otherwise and `run-unknown` for none; `run-not-running` where reads do not tell which. Harmless twice.
   */
  cancelRun(run: string, reason?: string): Promise<CommandAnswer>;
  /**
   * Nothing of the run is dispatched until it is resumed; what runs goes on, and deadlines go on counting. Answers and throws as
   * `cancelRun` does, `unchanged` for a run that is paused already.
   */
  pauseRun(run: string, reason?: string): Promise<CommandAnswer>;
  /** Answers and throws as `cancelRun` does, `unchanged` for a run that is not paused. */
  resumeRun(run: string, reason?: string): Promise<CommandAnswer>;
  /**
   * Gives what of a run is not dispatched yet another band; with `task` only the task run with that index. Harmless twice.
   * Answers and throws as `cancelRun` does, `task-unknown` for a task that is not there.
   */
  setPriority(run: string, band: SetPriority['band'], options?: { readonly task?: number }): Promise<CommandAnswer>;
  /** `waitFor`: the position that a write was answered with; the answer shows at least that, or is a problem. */
  getRun(run: string, waitFor?: LogPosition): Promise<RunDetail>;
  /** A page, the newest first unless `sort` says otherwise. */
  listRuns(filter?: ListRuns): Promise<RunList>;
  /** Every run that fits, page by page as they are taken; `limit` is the length of a page. */
  runs(filter?: ListRuns): AsyncIterableIterator<RunView>;
  /** A page of a run's task runs, by index unless `sort` says otherwise. */
  listTaskRuns(run: string, filter?: ListTaskRuns): Promise<TaskRunList>;
  /** Every task run that fits, as `runs` gives runs. */
  taskRuns(run: string, filter?: ListTaskRuns): AsyncIterableIterator<TaskRunView>;
  /**
   * How the run and its task runs stand, then each move, until the run has ended, however it ended; `id` of an event, given as
   * `lastEventId`, goes on behind it. Connections that break are made again by themselves, behind the last event, which may make an event
   * come twice. Events are taken as they are read: leaving the loop ends it, and who reads slowly misses states in between, never the last.
   * Throws `MillraceError` where the service refuses, or does not answer as often as calls are repeated; and the reason of `signal`.
   */
  tailRun(run: string, options?: TailOptions): AsyncIterableIterator<TailedEvent>;
  /** Resolves when the run has ended, however it ended. Throws with code `wait-over` after `timeoutMs`. */
  waitForRun(run: string, options?: WaitOptions): Promise<RunDetail>;
  /**
   * The result of a single task, once it has ended, as the contract's schema gives it out. Throws `run-not-succeeded` where the run ended
   * otherwise, `result-mismatch` where its result is something else, and `wait-over` after `timeoutMs`.
   */
  waitForResult<Result>(
    contract: TaskContract<unknown, unknown, unknown, Result>,
    run: string | Pick<Submitted, 'run'>,
    options?: WaitOptions,
  ): Promise<Result>;
  /** A page of the workflow versions in force, by name unless `sort` says otherwise. */
  listWorkflows(filter?: ListWorkflows): Promise<WorkflowList>;
  /** Every version, as `runs` gives runs. */
  workflows(filter?: ListWorkflows): AsyncIterableIterator<WorkflowView>;
  /** The versions of a workflow with their definitions. Throws `workflow-unknown`. */
  getWorkflow(name: string): Promise<WorkflowDetail>;
  workers(): Promise<WorkerList>;
  /** The worker is told to drain; `workers` says when it does. Harmless twice. */
  drainWorker(worker: string): Promise<DrainAnswer>;
  /** What waits and what is in flight by queue and band, and how many workers serve it. */
  queues(): Promise<QueueList>;
  /** The log's partitions: offsets, owners, projections, lag, and who does not go on. */
  partitions(): Promise<PartitionList>;
  /** The rules in force, and what each service knows. */
  rules(): Promise<RulesView>;
  /** A page of the bytes of the log that could not be read, by place unless `sort` says otherwise. */
  listQuarantine(filter?: ListQuarantine): Promise<QuarantineList>;
  freshness(): Promise<Freshness>;
  /** One reading statement. */
  sql(request: string | SqlRequest): Promise<SqlResult>;
}
