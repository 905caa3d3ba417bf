import {
  isTaskContract,
  isWorkflowContract,
  type SubmitRun,
  type SubmitTask,
  type Submitted,
  type TaskContract,
  type WorkflowContract,
} from '@millrace/protocol';
import { resultOf, runFor, taskFor } from './contracts.js';
import { everyRow, positionText, queryOf } from './filters.js';
import * as api from './generated/operations.js';
import { HttpTransport, type ClientOptions } from './http-transport.js';
import type { MillraceClient, SubmitOptions } from './millrace-client.js';
import { submitStream } from './submit-stream.js';
import { tailRun } from './tail-run.js';
import { StreamedBody } from './transport.js';
import { waitForRun } from './wait-for-run.js';
import { bodyOf } from './workflow-lines.js';

/** A stream that was not sent and answered by then is given up. */
const streamMsMax = 900_000;

/**
 * A client of the service at `url`. Holds no connection of its own; make as many as you like. Throws `MillraceError` with code
 * `url-invalid`.
 */
export function createClient(options: ClientOptions): MillraceClient {
  const client = new HttpTransport(options);
  const harmless = { client, harmlessTwice: true } as const;
  const getRun: MillraceClient['getRun'] = (id, waitFor) =>
    api.getRun({ client, path: { id }, ...(waitFor && { query: { waitFor: positionText(waitFor) } }) });
  const ordered = (id: string, reason: string | undefined) =>
    ({ ...harmless, path: { id }, body: reason === undefined ? {} : { reason } }) as const;
  const submitRun = (body: SubmitRun, options?: SubmitOptions): Promise<Submitted> =>
    api.submitRun({ client, body, ...submitted([body], options) });
  const submitTask = (body: SubmitTask, options?: SubmitOptions): Promise<Submitted> =>
    api.submitTask({ client, body, ...submitted([body], options) });
  const listRuns: MillraceClient['listRuns'] = (filter = {}) => api.listRuns({ client, query: queryOf(filter) });
  const listTaskRuns: MillraceClient['listTaskRuns'] = (id, filter = {}) =>
    api.listTaskRuns({ client, path: { id }, query: queryOf(filter) });
  const listWorkflows: MillraceClient['listWorkflows'] = (filter = {}) =>
    api.listWorkflows({ client, query: queryOf(filter) });

  return {
    registerWorkflow: (body) =>
      typeof body === 'string'
        ? api.registerWorkflow({ ...harmless, body, headers: { 'Content-Type': 'application/yaml' } })
        : api.registerWorkflow({ ...harmless, body }),
    streamWorkflow: (open) =>
      api.registerWorkflow({
        ...harmless,
        body: new StreamedBody(() => bodyOf(open()), streamMsMax),
        headers: { 'Content-Type': 'application/x-ndjson' },
      }),
    submitRun: (run: SubmitRun | WorkflowContract, ...rest: readonly unknown[]) =>
      isWorkflowContract(run)
        ? runFor(run, rest[0] as object).then((made) => submitRun(made, rest[1] as SubmitOptions))
        : submitRun(run, rest[0] as SubmitOptions),
    submitTask: (task: SubmitTask | TaskContract, ...rest: readonly unknown[]) =>
      isTaskContract(task)
        ? taskFor(task, rest[0] as object).then((made) => submitTask(made, rest[1] as SubmitOptions))
        : submitTask(task, rest[0] as SubmitOptions),
    submitBulk: async (items, options) =>
      api.submitBulk({
        client,
        body: { items: [...items] },
        ...submitted(items, options),
        // Of a bulk of which nothing was taken, each item says why.
        isAnswer: (body) => Array.isArray((body as { items?: unknown } | null)?.items),
      }) as ReturnType<MillraceClient['submitBulk']>,
    submitStream: (items, options) => submitStream(client, items, options),
    cancelRun: (run, reason) => api.cancelRun(ordered(run, reason)),
    pauseRun: (run, reason) => api.pauseRun(ordered(run, reason)),
    resumeRun: (run, reason) => api.resumeRun(ordered(run, reason)),
    setPriority: (id, band, { task } = {}) =>
      api.setRunPriority({ ...harmless, path: { id }, body: { band, ...(task !== undefined && { task }) } }),
    getRun,
    listRuns,
    runs: (filter = {}) =>
      everyRow(filter.cursor, async (cursor) => {
        const { runs: rows, next } = await listRuns({ ...filter, cursor });
        return { rows, next };
      }),
    listTaskRuns,
    taskRuns: (run, filter = {}) =>
      everyRow(filter.cursor, async (cursor) => {
        const { tasks: rows, next } = await listTaskRuns(run, { ...filter, cursor });
        return { rows, next };
      }),
    tailRun: (run, options) => tailRun(client, run, options),
    waitForRun: (run, wait) => waitForRun(run, (id) => getRun(id), wait),
    waitForResult: async (contract, run, wait) => {
      const { tasks } = await waitForRun(typeof run === 'string' ? run : run.run, (id) => getRun(id), wait);
      return resultOf(contract, tasks[0]!);
    },
    listWorkflows,
    workflows: (filter = {}) =>
      everyRow(filter.cursor, async (cursor) => {
        const { workflows: rows, next } = await listWorkflows({ ...filter, cursor });
        return { rows, next };
      }),
    getWorkflow: (name) => api.getWorkflow({ client, path: { name } }),
    workers: () => api.listWorkers({ client }),
    drainWorker: (id) => api.drainWorker({ ...harmless, path: { id }, body: {} }),
    queues: () => api.listQueues({ client }),
    partitions: () => api.listPartitions({ client }),
    rules: () => api.getRules({ client }),
    listQuarantine: (filter = {}) => api.listQuarantine({ client, query: queryOf(filter) }),
    freshness: () => api.getFreshness({ client }),
    sql: (request) => api.querySql({ ...harmless, body: typeof request === 'string' ? { query: request } : request }),
  };
}

/** What becomes of a submit that is sent again: nothing more where each item has a key. */
function submitted(items: readonly (SubmitRun | SubmitTask)[], { waitForVerdict, traceparent }: SubmitOptions = {}) {
  const headers = {
    ...(waitForVerdict === true && { prefer: 'wait' }),
    ...(traceparent !== undefined && { traceparent }),
  };
  return {
    harmlessTwice: items.every(({ idempotencyKey }) => idempotencyKey !== undefined),
    ...(Object.keys(headers).length > 0 && { headers }),
  };
}
