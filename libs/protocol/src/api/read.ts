import type { WaitReason } from '@millrace/domain';
import { z } from 'zod';

/** RFC 3339 with milliseconds, in UTC. */
const time = z.iso.datetime();
/** A 64-bit number as a decimal string: JavaScript's numbers end at 2^53. */
const bigNumber = z.string().regex(/^[0-9]{1,19}$/);
/** Any JSON value. */
const payload = z.unknown();
/** Opaque: pass it back as `cursor` to get what follows; null where nothing does. */
const next = z.string().nullable();

/** Header of every answer that was read from the projection: `partition:offset,...`, next offsets, at least this fresh. */
export const positionHeader = 'millrace-position';

export const runView = z.object({
  id: z.string(),
  partition: z.int(),
  tenant: z.string(),
  /** Null for a single task. */
  workflow: z.string().nullable(),
  version: z.string().nullable(),
  status: z.enum(['running', 'succeeded', 'failed', 'cancelled', 'timed_out']),
  taskCount: z.int(),
  requestedAt: time,
  endedAt: time.nullable(),
  reason: z.string().nullable(),
  /** Since when it is paused: nothing of it is dispatched. Null where it is not. */
  pausedAt: time.nullable(),
  /** The one it was requested with; one from the intake topic names the record. Null where there was none. */
  idempotencyKey: z.string().nullable(),
});
export type RunView = z.infer<typeof runView>;

/** What domain's `whyWaiting` says, and `workers-unknown` where heartbeats cannot be read. */
const waitReasons = [
  'parents',
  'sweep',
  'time',
  'back-off',
  'paused',
  'no-worker-serves-handler',
  'no-credit',
  'decision',
  'start',
  'handler',
  'workers-unknown',
] as const satisfies readonly (WaitReason | 'workers-unknown')[];

/** Why a task run that is not terminal does not move, as far as rows and heartbeats tell: they may be seconds old. */
export const waitsFor = z.object({ reason: z.enum(waitReasons), detail: z.string() });
export type WaitsFor = z.infer<typeof waitsFor>;

export const taskRunView = z.object({
  /** Index of the node in its workflow; 0 for a single task. */
  task: z.int(),
  id: z.string(),
  handler: z.string(),
  queue: z.string(),
  band: z.enum(['critical', 'high', 'normal', 'low', 'background']),
  status: z.enum([
    'pending',
    'scheduled',
    'queued',
    'dispatched',
    'running',
    'backing_off',
    'succeeded',
    'failed',
    'timed_out',
    'cancelled',
    'skipped',
    'dead_lettered',
  ]),
  /** Number of the last attempt; 0 before the first. */
  attempt: z.int(),
  failures: z.int(),
  worker: z.string().nullable(),
  queuedAt: time.nullable(),
  dispatchedAt: time.nullable(),
  startedAt: time.nullable(),
  finishedAt: time.nullable(),
  movedAt: time,
  reason: z.string().nullable(),
  result: payload,
  error: payload,
  /** When a back-off ends, or what is scheduled is queued. */
  dueAt: time.nullable(),
  /** What its handler last gave to `heartbeat`; absent where it never did. */
  checkpoint: payload.optional(),
  /** Absent on task runs that are terminal. */
  waitsFor: waitsFor.optional(),
});
export type TaskRunView = z.infer<typeof taskRunView>;

export const attemptView = z.object({
  task: z.int(),
  attempt: z.int(),
  worker: z.string().nullable(),
  dispatchedAt: time.nullable(),
  startedAt: time.nullable(),
  /** Null while the attempt is in flight. */
  finishedAt: time.nullable(),
  /** The task run's status for its last attempt; `failed, timed_out, returned, recalled, worker_lost, died` for earlier ones. */
  outcome: z.string(),
  reason: z.string().nullable(),
  error: payload,
});
export type AttemptView = z.infer<typeof attemptView>;

/** GET /v1/runs: newest first. */
export const runList = z.object({ runs: z.array(runView), next });
export type RunList = z.infer<typeof runList>;

/** GET /v1/runs/:id. At most 200 task runs and 500 attempts; `tasksNext` continues at GET /v1/runs/:id/tasks. */
export const runDetail = z.object({
  run: runView.extend({ input: payload }),
  tasks: z.array(taskRunView),
  tasksNext: next,
  attempts: z.array(attemptView),
});
export type RunDetail = z.infer<typeof runDetail>;

/** GET /v1/runs/:id/tasks: by index. `runStatus` and `pausedAt`: how the run stands, and since when it is paused. */
export const taskRunList = z.object({
  tasks: z.array(taskRunView),
  next,
  runStatus: runView.shape.status,
  pausedAt: time.nullable(),
});
export type TaskRunList = z.infer<typeof taskRunList>;

export const workflowView = z.object({ name: z.string(), version: z.string(), tasks: z.int() });
export type WorkflowView = z.infer<typeof workflowView>;
/** GET /v1/workflows: every version in force in a projected partition, by name and version. */
export const workflowList = z.object({ workflows: z.array(workflowView), next });
export type WorkflowList = z.infer<typeof workflowList>;

/** GET /v1/workflows/:name: the first 20 versions of a name; or one version, of which its first eight digits are enough. */
export const workflowDetail = z.object({
  name: z.string(),
  versions: z.array(z.object({ version: z.string(), tasks: z.int(), definition: payload })),
});
export type WorkflowDetail = z.infer<typeof workflowDetail>;

export const workerView = z.object({
  id: z.string(),
  /** Append time of its last heartbeat. */
  seenAt: time,
  slots: z.int(),
  busy: z.int(),
  handlers: z.array(z.string()),
  /** Task-topic partitions held, by queue. */
  queues: z.record(z.string(), z.array(z.int())),
  /** Deliveries in its hands: that wait there, run, or have ended and are not acknowledged yet. */
  held: z.int(),
  /** It takes nothing new, because it was told to or because it stops. With nothing held it can be stopped without a loss. */
  draining: z.boolean(),
  /** A handler has blocked its event loop for this long, in milliseconds; null where it turns. */
  blockedMs: z.int().nullable(),
  /** It has handed everything back and is gone. */
  leaving: z.boolean(),
});
export type WorkerView = z.infer<typeof workerView>;

/** GET /v1/workers: those that were heard within 15 s. */
export const workerList = z.object({
  workers: z.array(workerView),
  /** Which workers serve a handler, by handler name. */
  handlers: z.array(z.object({ handler: z.string(), workers: z.array(z.string()) })),
  /** The heartbeats could not be read lately (Kafka is down): the list is as old as `readAt` says. */
  stale: z.boolean(),
  /** When the heartbeats were last read to their end; null before the first time. */
  readAt: time.nullable(),
});
export type WorkerList = z.infer<typeof workerList>;

const lineCounts = {
  /** Queued; of paused runs not counted. */
  waiting: z.int(),
  /** When the oldest of them was queued. */
  oldestAt: time.nullable(),
  /** With a worker, not known to have started. What runs for less than a second may never be known to. */
  dispatched: z.int(),
  running: z.int(),
};
export const queueView = z.object({
  queue: z.string(),
  ...lineCounts,
  /** Workers that hold partitions of it and take work. */
  workers: z.int(),
  /** All five, the highest first. */
  bands: z.array(z.object({ band: taskRunView.shape.band, ...lineCounts })),
});
export type QueueView = z.infer<typeof queueView>;

/** GET /v1/queues: those in which something waits or runs, and those that workers serve, as owners and workers say every 2 s. */
export const queueList = z.object({
  queues: z.array(queueView),
  /** Log partitions whose owner was heard within 15 s: what the others have is not counted. */
  partitions: z.int(),
  stale: z.boolean(),
  readAt: time.nullable(),
});
export type QueueList = z.infer<typeof queueList>;

export const partitionFreshness = z.object({
  partition: z.int(),
  /** Next log offset that the projection waits for. */
  offset: bigNumber,
  /** Partition time of what is shown. */
  at: time,
  accepted: bigNumber,
  rejected: bigNumber,
  quarantined: bigNumber,
  /** Next log offset that the partition's owner waits for, by its last heartbeat; null where none was heard lately. */
  ownerOffset: bigNumber.nullable(),
  /** `ownerOffset - offset`, at least 0: records not shown yet. */
  lag: bigNumber.nullable(),
});
/** GET /v1/freshness: partitions that were projected at least once. */
export const freshness = z.object({ partitions: z.array(partitionFreshness) });
export type Freshness = z.infer<typeof freshness>;

export const quarantineView = z.object({
  partition: z.int(),
  offset: bigNumber,
  index: z.int(),
  cause: z.string(),
  detail: z.string(),
});
/** GET /v1/quarantine: by partition, offset, index; `partition` and `cause` filter. */
export const quarantineList = z.object({ quarantine: z.array(quarantineView), next });
export type QuarantineList = z.infer<typeof quarantineList>;

/** POST /v1/sql: one SELECT, VALUES or WITH. `rowsMax` 1 to 10,000 (default 1,000), `timeoutMs` 1 to 60,000 (default 10,000). */
export const sqlRequest = z.strictObject({
  query: z.string().min(1).max(100_000),
  rowsMax: z.int().min(1).max(10_000).default(1_000),
  timeoutMs: z.int().min(1).max(60_000).default(10_000),
});
export type SqlRequest = z.input<typeof sqlRequest>;

/**
 * Rows are arrays in the order of `columns` (names may repeat). 64-bit and decimal numbers are strings, times RFC 3339,
 * json and jsonb values themselves, what JSON does not know is the text that Postgres prints.
 */
export const sqlResult = z.object({
  columns: z.array(z.object({ name: z.string(), type: z.string() })),
  rows: z.array(z.array(payload)),
  /** There were more than `rowsMax`. */
  truncated: z.boolean(),
});
export type SqlResult = z.infer<typeof sqlResult>;
