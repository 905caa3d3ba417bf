import type {
  BulkAnswer,
  CommandAnswer,
  DrainAnswer,
  Freshness,
  LogPosition,
  QueueList,
  RegisterWorkflow,
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
  WorkerList,
  WorkflowRegistered,
} from '@millrace/protocol';
import { HttpCaller, type ClientOptions } from './http-caller.js';
import { submitStream, type StreamAnswer, type StreamItem, type StreamOptions } from './submit-stream.js';
import { tailRun, type TailedEvent, type TailOptions } from './tail-run.js';
import { waitForRun, type WaitOptions } from './wait-for-run.js';
import { bodyOf, type LineSource } from './workflow-lines.js';

export interface ListRuns {
  readonly status?: 'running' | 'succeeded' | 'failed' | 'cancelled' | 'timed_out';
  readonly workflow?: string;
  /** Those requested with this key: several where one was used again a day after its run ended, or by another tenant. */
  readonly idempotencyKey?: string;
  /** At most this many; the server has its own bound. */
  readonly limit?: number;
  /** `next` of the page before. */
  readonly cursor?: string;
}

export interface SubmitOptions {
  /** The answer has the verdict also without an idempotency key: the run exists, not only its request. Default false. */
  readonly waitForVerdict?: boolean;
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
  /** Up to 1,000 items; the answer has one for each, accepted or with its problem. */
  submitBulk(items: SubmitBulk['items']): Promise<BulkAnswer>;
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
  listRuns(filter?: ListRuns): Promise<RunList>;
  /** Every run that fits, newest first, page by page as they are taken; `limit` is the length of a page. */
  runs(filter?: ListRuns): AsyncIterableIterator<RunView>;
  /**
   * How the run and its task runs stand, then each move, until the run has ended, however it ended; `id` of an event, given as
   * `lastEventId`, goes on behind it. Connections that break are made again by themselves, behind the last event, which may make an event
   * come twice. Events are taken as they are read: leaving the loop ends it, and who reads slowly misses states in between, never the last.
   * Throws `MillraceError` where the service refuses, or does not answer as often as calls are repeated; and the reason of `signal`.
   */
  tailRun(run: string, options?: TailOptions): AsyncIterableIterator<TailedEvent>;
  /** Resolves when the run has ended, however it ended. Throws with code `wait-over` after `timeoutMs`. */
  waitForRun(run: string, options?: WaitOptions): Promise<RunDetail>;
  workers(): Promise<WorkerList>;
  /** The worker is told to drain; `workers` says when it does. Harmless twice. */
  drainWorker(worker: string): Promise<DrainAnswer>;
  /** What waits and what is in flight by queue and band, and how many workers serve it. */
  queues(): Promise<QueueList>;
  freshness(): Promise<Freshness>;
  /** One reading statement. */
  sql(request: string | SqlRequest): Promise<SqlResult>;
}

/** A stream that was not sent and answered by then is given up. */
const streamMsMax = 900_000;

/** A client of the service at `url`. Holds no connection of its own; make as many as you like. */
export function createClient(options: ClientOptions): MillraceClient {
  const http = new HttpCaller(options);
  const get = <T>(path: string): Promise<T> => http.call({ method: 'GET', path, harmlessTwice: true });
  const post = <T>(path: string, body: unknown, harmlessTwice: boolean): Promise<T> =>
    http.call({ method: 'POST', path, body, harmlessTwice });
  const submit = (path: string, body: SubmitRun | SubmitTask, { waitForVerdict }: SubmitOptions = {}) =>
    http.call<Submitted>({
      method: 'POST',
      path,
      body,
      harmlessTwice: body.idempotencyKey !== undefined,
      ...(waitForVerdict === true ? { headers: { prefer: 'wait' } } : {}),
    });
  const getRun = (run: string, waitFor?: LogPosition): Promise<RunDetail> => {
    const wait = waitFor === undefined ? '' : `?waitFor=${waitFor.partition}:${waitFor.offset}`;
    return get(`/v1/runs/${encodeURIComponent(run)}${wait}`);
  };
  const command = (run: string, verb: string, reason: string | undefined): Promise<CommandAnswer> =>
    post(`/v1/runs/${encodeURIComponent(run)}/${verb}`, reason === undefined ? {} : { reason }, true);
  return {
    registerWorkflow: (body) =>
      http.call({
        method: 'POST',
        path: '/v1/workflows',
        body,
        harmlessTwice: true,
        contentType: typeof body === 'string' ? 'application/yaml' : 'application/json',
      }),
    streamWorkflow: (open) =>
      http.call({
        method: 'POST',
        path: '/v1/workflows',
        stream: { open: () => bodyOf(open()), answerMsMax: streamMsMax },
        harmlessTwice: true,
        contentType: 'application/x-ndjson',
      }),
    submitRun: (run, options) => submit('/v1/runs', run, options),
    submitTask: (task, options) => submit('/v1/tasks', task, options),
    submitBulk: (items) =>
      http.call({
        method: 'POST',
        path: '/v1/bulk',
        body: { items },
        harmlessTwice: false,
        // Of a bulk of which nothing was taken, each item says why.
        isAnswer: (body) => Array.isArray((body as { items?: unknown } | null)?.items),
      }),
    submitStream: (items, options) => submitStream(http, items, options),
    cancelRun: (run, reason) => command(run, 'cancel', reason),
    pauseRun: (run, reason) => command(run, 'pause', reason),
    resumeRun: (run, reason) => command(run, 'resume', reason),
    setPriority: (run, band, { task } = {}) =>
      post(`/v1/runs/${encodeURIComponent(run)}/priority`, { band, ...(task === undefined ? {} : { task }) }, true),
    getRun,
    listRuns: (filter = {}) => get(`/v1/runs${queryOf(filter)}`),
    runs: (filter) => everyRun(filter, (page) => get<RunList>(`/v1/runs${queryOf(page)}`)),
    tailRun: (run, options) => tailRun(http, run, options),
    waitForRun: (run, wait) => waitForRun(run, (id) => getRun(id), wait),
    workers: () => get('/v1/workers'),
    drainWorker: (worker) => post(`/v1/workers/${encodeURIComponent(worker)}/drain`, {}, true),
    queues: () => get('/v1/queues'),
    freshness: () => get('/v1/freshness'),
    sql: (request) => post('/v1/sql', typeof request === 'string' ? { query: request } : request, true),
  };
}

async function* everyRun(filter: ListRuns = {}, read: (page: ListRuns) => Promise<RunList>): AsyncGenerator<RunView> {
  for (let cursor = filter.cursor ?? null; ;) {
    const { runs, next } = await read(cursor === null ? filter : { ...filter, cursor });
    yield* runs;
    if (next === null) return;
    cursor = next;
  }
}

function queryOf(filter: ListRuns): string {
  const pairs = Object.entries(filter).filter(([, value]) => value !== undefined);
  if (pairs.length === 0) return '';
  return `?${new URLSearchParams(pairs.map(([key, value]): [string, string] => [key, String(value)])).toString()}`;
}
