import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import {
  canonicalJson,
  runIdOf,
  type AttemptsOverran,
  type CancelRequested,
  type CheckpointSaved,
  type DispatchEntry,
  type Event,
  type GapAccepted,
  type RulesAdvanced,
  type Join,
  type Json,
  type OverrunEntry,
  type ParentRef,
  type PartitionBorn,
  type PartitionClaimed,
  type PauseRequested,
  type PriorityRequested,
  type RecallEntry,
  type RecallReason,
  type ResumeRequested,
  type RunId,
  type RunRequested,
  type RunSwept,
  type StartEntry,
  type StartsSeen,
  type TaskError,
  type TaskFinished,
  type TaskIndex,
  type TaskReturned,
  type TaskSpec,
  type TasksDispatched,
  type TasksRecalled,
  type TaskStarted,
  type TimersFired,
  type WorkerLost,
  type WorkerSeen,
  type WorkersSeen,
  type WorkflowDefinition,
  type WorkflowPinned,
} from '../index.js';

/** When the log of a test begins: 2023-11-14T22:13:20Z. */
export const epochStart = 1_700_000_000_000;
/** The run ids of tests, all of partition 0. */
export const runNamed = (number: number): RunId => runIdOf(0, number.toString(16).padStart(32, '0'));
/** The run that builders mean where nothing else is said. */
export const run1 = runNamed(1);
/** The worker that builders mean where nothing else is said; it serves every handler that `workflow` gives. */
export const w1 = 'worker-1';

/** Names a task run in builders and facts. */
export interface TaskRef {
  readonly run: RunId;
  readonly task: TaskIndex;
}
/** The example of W3C Trace Context. */
export const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

/** The only task run of `singleRequested()`. */
export const single: TaskRef = { run: run1, task: 0 };

/** A workflow from its edges: `workflow({ a: [], b: ['a', { id: 'c', when: 'true' }] })`. Every task names handler `work`; `over` changes tasks by id. */
export function workflow(
  parents: Readonly<Record<string, readonly ParentRef[]>>,
  over: Readonly<Record<string, Partial<TaskSpec> & { input?: Json; join?: Join }>> = {},
): WorkflowDefinition {
  const tasks = Object.entries(parents).map(([id, dependsOn]) => ({
    id,
    handler: 'work',
    ...(dependsOn.length > 0 && { dependsOn }),
    ...over[id],
  }));
  return { name: 'test', tasks };
}

export function taskOf(definition: WorkflowDefinition, id: string, run: RunId = run1): TaskRef {
  return { run, task: definition.tasks.findIndex((node) => node.id === id) };
}

export function versionOf(body: string): string {
  return bytesToHex(sha256(utf8ToBytes(body)));
}

export function born(over: Partial<PartitionBorn> = {}): PartitionBorn {
  return { type: 'PartitionBorn', cluster: 'test', nonce: 'born', partition: 0, partitions: 8, rules: 1, ...over };
}

export function claimed(over: Partial<PartitionClaimed> = {}): PartitionClaimed {
  return { type: 'PartitionClaimed', epoch: 1, nonce: 'owner', knows: 1, ...over };
}

/** A workflow version in one part. */
export function pinned(definition: WorkflowDefinition, over: Partial<WorkflowPinned> = {}): WorkflowPinned {
  const body = canonicalJson(definition as unknown as Json);
  return { type: 'WorkflowPinned', version: versionOf(body), part: 0, of: 1, body, ...over };
}

/** The same version cut into `of` parts. */
export function pinnedInParts(definition: WorkflowDefinition, of: number): WorkflowPinned[] {
  const whole = pinned(definition);
  const size = Math.ceil(whole.body.length / of);
  return Array.from({ length: of }, (_, part) => ({
    ...whole,
    part,
    of,
    body: whole.body.slice(part * size, (part + 1) * size),
  }));
}

export function workflowRequested(definition: WorkflowDefinition, over: Partial<RunRequested> = {}): RunRequested {
  const { version } = pinned(definition);
  return { type: 'RunRequested', run: run1, tenant: 'default', workflow: { name: definition.name, version }, ...over };
}

/** The version pinned, then a run of it requested. */
export function requested(definition: WorkflowDefinition, over: Partial<RunRequested> = {}): Event[] {
  return [pinned(definition), workflowRequested(definition, over)];
}

export function singleRequested(task: Partial<TaskSpec> = {}, over: Partial<RunRequested> = {}): RunRequested {
  return { type: 'RunRequested', run: run1, tenant: 'default', task: { handler: 'work', ...task }, ...over };
}

/** An idempotency key, with the hash of a body. */
export function keyed(key: string, body = ''): Pick<RunRequested, 'idempotency'> {
  return { idempotency: { key, body: versionOf(body).slice(0, 32) } };
}

export function rulesAdvanced(over: Partial<RulesAdvanced> = {}): RulesAdvanced {
  return { type: 'RulesAdvanced', rules: 2, command: 'rules-1', ...over };
}

export function gapAccepted(over: Partial<GapAccepted> = {}): GapAccepted {
  return { type: 'GapAccepted', from: 2, to: 5, command: 'gap-1', ...over };
}

export function cancelled(over: Partial<CancelRequested> = {}): CancelRequested {
  return { type: 'CancelRequested', run: run1, command: 'cancel-1', ...over };
}

export function paused(over: Partial<PauseRequested> = {}): PauseRequested {
  return { type: 'PauseRequested', run: run1, command: 'pause-1', ...over };
}

export function resumed(over: Partial<ResumeRequested> = {}): ResumeRequested {
  return { type: 'ResumeRequested', run: run1, command: 'resume-1', ...over };
}

/** The whole run to critical. */
export function prioritized(over: Partial<PriorityRequested> = {}): PriorityRequested {
  return { type: 'PriorityRequested', run: run1, band: 5, command: 'priority-1', ...over };
}

export function workerSeen(over: Partial<WorkerSeen> = {}): WorkerSeen {
  return { worker: w1, queues: { default: [0] }, handlers: ['work'], credits: 100, ...over };
}

export function workersSeen(...workers: readonly Partial<WorkerSeen>[]): WorkersSeen {
  return { type: 'WorkersSeen', epoch: 1, workers: workers.map(workerSeen) };
}

/** Attempt 1 to `w1`. */
export function dispatched(ref: TaskRef, over: Partial<DispatchEntry> & { epoch?: number } = {}): TasksDispatched {
  const { epoch = 1, ...entry } = over;
  return dispatchedAll([{ ...ref, attempt: 1, worker: w1, to: 0, ...entry }], epoch);
}

export function dispatchedAll(entries: readonly DispatchEntry[], epoch = 1): TasksDispatched {
  return { type: 'TasksDispatched', epoch, basis: 0, reason: 'test', entries };
}

/** Without `nonce` a report that the handler runs, with it a claim. */
export function started(ref: TaskRef, over: Partial<TaskStarted> = {}): TaskStarted {
  return { type: 'TaskStarted', ...ref, attempt: 1, worker: w1, startedAt: epochStart, ...over };
}

export function finished(ref: TaskRef, over: Partial<TaskFinished> = {}): TaskFinished {
  const times = { startedAt: epochStart, finishedAt: epochStart };
  return { type: 'TaskFinished', ...ref, attempt: 1, worker: w1, ...times, outcome: { kind: 'succeeded' }, ...over };
}

/** Of attempt 1 at `w1`. */
export function saved(ref: TaskRef, checkpoint: Json, over: Partial<CheckpointSaved> = {}): CheckpointSaved {
  return { type: 'CheckpointSaved', ...ref, attempt: 1, worker: w1, checkpoint, ...over };
}

/** The error of `failed` and `timedOut`. */
export const boom = { name: 'Error', message: 'boom' };

export function failed(
  ref: TaskRef,
  {
    retryable = true,
    chance = 500_000,
    error = boom,
    retryAfterMs,
    ...over
  }: Partial<TaskFinished> & { retryable?: boolean; chance?: number; error?: TaskError; retryAfterMs?: number } = {},
): TaskFinished {
  const asked = retryAfterMs === undefined ? {} : { retryAfterMs };
  return finished(ref, { outcome: { kind: 'failed', error, retryable, chance, ...asked }, ...over });
}

/** Its own process died. */
export function died(ref: TaskRef, over: Partial<TaskFinished> = {}): TaskFinished {
  return finished(ref, { outcome: { kind: 'died', error: boom }, ...over });
}

export function timedOut(ref: TaskRef, over: Partial<TaskFinished> = {}): TaskFinished {
  return finished(ref, { outcome: { kind: 'timed_out', error: boom, chance: 500_000 }, ...over });
}

export function returned(ref: TaskRef, over: Partial<TaskReturned> = {}): TaskReturned {
  return { type: 'TaskReturned', ...ref, attempt: 1, worker: w1, reason: 'no-slot', ...over };
}

export function recalled(
  ref: TaskRef,
  over: Partial<RecallEntry> & { epoch?: number; reason?: RecallReason } = {},
): TasksRecalled {
  const { epoch = 1, reason = 'unlisted', ...entry } = over;
  return { type: 'TasksRecalled', epoch, reason, entries: [{ ...ref, attempt: 1, ...entry }] };
}

/** Of attempt 1 at `w1`, after a second. */
export function overran(ref: TaskRef, over: Partial<OverrunEntry> & { epoch?: number } = {}): AttemptsOverran {
  const { epoch = 1, ...entry } = over;
  const entries = [{ ...ref, attempt: 1, worker: w1, runningMs: 1_000, chance: 500_000, ...entry }];
  return { type: 'AttemptsOverran', epoch, entries };
}

/** Of attempt 1 at `w1`, after five seconds. */
export function startsSeen(ref: TaskRef, over: Partial<StartEntry> & { epoch?: number } = {}): StartsSeen {
  const { epoch = 1, ...entry } = over;
  return { type: 'StartsSeen', epoch, entries: [{ ...ref, attempt: 1, worker: w1, runningMs: 5_000, ...entry }] };
}

export function workerLost(over: Partial<WorkerLost> = {}): WorkerLost {
  return { type: 'WorkerLost', epoch: 1, worker: w1, ...over };
}

/** The first slice of `run1`. */
export function swept(over: Partial<RunSwept> = {}): RunSwept {
  return { type: 'RunSwept', epoch: 1, run: run1, from: 0, to: 10_000, ...over };
}

export function timersFired(over: Partial<TimersFired> = {}): TimersFired {
  return { type: 'TimersFired', epoch: 1, until: Number.MAX_SAFE_INTEGER, ...over };
}
