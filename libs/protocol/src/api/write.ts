import {
  backOffs,
  bandNames,
  handlerNamePattern,
  nodesMax,
  plainJoinRules,
  queueNamePattern,
  type Band,
  type BandName,
  type Json,
  type TaskSpec,
  type WorkflowDefinition,
} from '@millrace/domain';
import { z } from 'zod';
import { limits } from '../limits.js';
import { problem } from './problem.js';

/** Longest time that anything here may be given: about 24 days, what a timer can hold. */
const durationMsMax = 2_147_483_647;
const durationMs = z.int().min(1).max(durationMsMax);
/** What the log keeps time for may take up to ten years. */
const longMsMax = 315_360_000_000;
const delayMs = z.int().min(0).max(longMsMax);
const longMs = z.int().min(1).max(longMsMax);

const names = Object.keys(bandNames) as [BandName, ...BandName[]];
/** A band by its name or its number; events and rows hold the number. */
const band = z
  .union([z.enum(names), z.literal([1, 2, 3, 4, 5])], `expected ${names.join(', ')}, or a number from 5 to 1`)
  .transform((value): Band => (typeof value === 'string' ? bandNames[value] : value));

/** Any JSON. That it is I-JSON, small and shallow enough is checked where bytes are read. */
const payload = z.unknown() as unknown as z.ZodType<Json, Json>;

const handler = z
  .string()
  .regex(handlerNamePattern, 'a handler name has 1 to 128 letters, digits, dot, dash, underscore');
const queue = z.string().regex(queueNamePattern, 'a queue name has 1 to 63 lower-case letters, digits and dashes');

const retry = z.strictObject({
  failuresMax: z.int().min(1).max(1_000).optional(),
  policy: z.enum(backOffs).optional(),
  delayMs: z.int().min(0).max(durationMsMax).optional(),
  factor: z.int().min(1).max(1_000).optional(),
  delayMsMax: z.int().min(0).max(durationMsMax).optional(),
  totalMs: longMs.optional(),
  nonRetryable: z.array(z.string().min(1).max(128)).max(100).optional(),
});

const taskMembers = {
  band: band.optional(),
  retry: retry.optional(),
  startToCloseMs: durationMs.optional(),
  heartbeatTimeoutMs: durationMs.optional(),
  scheduleToStartMs: longMs.optional(),
  scheduleToCloseMs: longMs.optional(),
  delayMs: delayMs.optional(),
  claimFirst: z.boolean().optional(),
};

/** RFC 3339 with a zone; in events milliseconds. What lies in the past is due at once. */
const runAt = z.iso
  .datetime({ offset: true })
  .refine((text) => Date.parse(text) >= 0, 'expected a time since 1970')
  .transform((text) => Date.parse(text));

/** The caller's name for a request: sent again with it, the request makes no second run, from now until a day after the run ended. */
export const idempotencyKey = z.string().min(1).max(limits.keyCharsMax);

/** POST /v1/tasks: a run of one task, `delayMs` after the request or at `runAt`, whichever is later. */
export const submitTask = z.strictObject({
  handler,
  queue: queue.optional(),
  ...taskMembers,
  runAt: runAt.optional(),
  input: payload.optional(),
  idempotencyKey: idempotencyKey.optional(),
});
export type SubmitTask = z.input<typeof submitTask>;
export type SubmittedTask = z.output<typeof submitTask>;

/** POST /v1/runs: a run of a registered workflow; without `version` of the one registered last. */
export const submitRun = z.strictObject({
  workflow: z.string().min(1).max(128),
  version: z
    .string()
    .regex(/^[0-9a-f]{64}$/, 'a version is 64 hex digits')
    .optional(),
  input: payload.optional(),
  band: band.optional(),
  runAt: runAt.optional(),
  delayMs: delayMs.optional(),
  scheduleToCloseMs: longMs.optional(),
  idempotencyKey: idempotencyKey.optional(),
});
export type SubmitRun = z.input<typeof submitRun>;
export type SubmittedRun = z.output<typeof submitRun>;

/** POST /v1/bulk. Each item is a `submitRun` or a `submitTask` and is answered by itself. */
export const submitBulk = z.strictObject({ items: z.array(z.unknown()).min(1).max(limits.bulkItemsMax) });
export interface SubmitBulk {
  readonly items: readonly (SubmitRun | SubmitTask)[];
}

/** POST /v1/runs/:id/cancel, /pause and /resume. */
export const commandRun = z.strictObject({ reason: z.string().max(1_000).optional() });
export type CommandRun = z.input<typeof commandRun>;

/** POST /v1/workers/:id/drain */
export const drainWorker = z.strictObject({});

/** POST /v1/runs/:id/priority: of the run, or of the one task run with this index. */
export const setPriority = z.strictObject({
  band,
  task: z
    .int()
    .min(0)
    .max(nodesMax - 1)
    .optional(),
});
export type SetPriority = z.input<typeof setPriority>;

const joinExpected = `expected ${plainJoinRules.join(', ')} or {"rule": "n_of_m", "n": ...} with a whole number`;
const join = z.union([z.enum(plainJoinRules), z.strictObject({ rule: z.literal('n_of_m'), n: z.int() })], joinExpected);

const parent = z.union(
  [z.string(), z.strictObject({ id: z.string(), when: z.string() })],
  'expected the id of a task or {"id": ..., "when": "a condition in CEL"}',
);

/** A line of a workflow in NDJSON, and a member of `tasks`. */
export const workflowNode = z.strictObject({
  id: z.string(),
  // That names are well formed is told by `validateWorkflow`, with its own codes.
  handler: z.string(),
  queue: z.string().optional(),
  ...taskMembers,
  dependsOn: z.array(parent).optional(),
  join: join.optional(),
  input: payload.optional(),
});

/** POST /v1/workflows: members and types; what they mean together is `validateWorkflow`'s. */
export const registerWorkflow = z.strictObject({ name: z.string(), tasks: z.array(workflowNode) });
export type RegisterWorkflow = z.input<typeof registerWorkflow>;

/**
 * The first line of a workflow in NDJSON (`application/x-ndjson`); each further line is a node. `tasks`: how many follow, for
 * whoever wants to be sure that none was lost on the way.
 */
export const workflowHead = z.strictObject({ name: z.string(), tasks: z.int().min(1).optional() });
export type WorkflowHead = z.input<typeof workflowHead>;
export type WorkflowNode = z.input<typeof workflowNode>;
registerWorkflow satisfies z.ZodType<WorkflowDefinition>;
submitTask satisfies z.ZodType<TaskSpec>;

/**
 * Where a request lies in the log. `offset` is the next one (a decimal string): the read side shows the request once it
 * stands at or above it.
 */
export const logPosition = z.object({ partition: z.int(), offset: z.string() });
export type LogPosition = z.infer<typeof logPosition>;

/** What the log made of a request that has an idempotency key, or that was sent with `Prefer: wait`. */
export const submitVerdict = z.enum(['new', 'known', 'pending']);

/**
 * 202: in the log. 200: an earlier request with the same key and body has made the run already, and `run` is that one. With a key
 * and the verdict `pending`, `run` is the run unless an earlier request had the key: ask again with it.
 */
export const submitted = z.object({
  run: z.string(),
  position: logPosition,
  /** Absent where nobody asked for it. */
  verdict: submitVerdict.optional(),
});
export type Submitted = z.infer<typeof submitted>;

/** 202: all in the log; 207: some; the status of the first problem: none. By the place in the request. */
export const bulkAnswer = z.object({ items: z.array(z.union([submitted, z.object({ problem })])) });
export type BulkAnswer = z.infer<typeof bulkAnswer>;

/** A line of the answer to POST /v1/bulk as `application/x-ndjson`: of the line of the request with this number, from 1. */
export const bulkLine = z.union([
  submitted.extend({ line: z.int().min(1) }),
  z.object({ line: z.int().min(1), problem }),
]);
export type BulkLine = z.infer<typeof bulkLine>;

/** What the log made of a command; `pending` where nobody said in time, and the run's state tells. */
export const commandVerdict = z.enum(['accepted', 'unchanged', 'pending']);

/**
 * 202: the command is in the log. With the verdict `accepted` it took effect. 200, `unchanged`: the run was already as the command
 * wants it, such as cancelled.
 */
export const commandAnswer = z.object({
  run: z.string(),
  command: z.string(),
  position: logPosition,
  /** Absent where the caller did not wait for it (`Prefer: respond-async`). */
  verdict: commandVerdict.optional(),
});
export type CommandAnswer = z.infer<typeof commandAnswer>;

/** 202: the worker was told. Its heartbeats say when it drains: GET /v1/workers. */
export const drainAnswer = z.object({ worker: z.string() });
export type DrainAnswer = z.infer<typeof drainAnswer>;

/** 201: registered; 200: it was already the newest version of its name. */
export const workflowRegistered = z.object({ name: z.string(), version: z.string(), tasks: z.int() });
export type WorkflowRegistered = z.infer<typeof workflowRegistered>;
