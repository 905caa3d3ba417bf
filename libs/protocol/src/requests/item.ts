import { queueDefault, type RunRequested } from '@millrace/domain';
import { submitRun, submitTask, type SubmittedRun, type SubmittedTask } from '../api/write.js';
import { nothingElse, type Asked } from './asked.js';
import { bodyHash } from './body-hash.js';
import { faultsOf } from './faults-of.js';
import { measurePayload } from './payload-fault.js';
import { problemBody, type ProblemBody, type ProblemFault } from './service-problem.js';

/** What is asked for, well formed; whether workflow and queues exist is not known yet. */
export interface Item {
  readonly event: Omit<RunRequested, 'run'>;
  /** A workflow's name and version, where it is no single task. */
  readonly workflow?: { readonly name: string; readonly version: string | undefined };
  /** Of a single task. */
  readonly queue?: string;
  readonly payloadBytes: number;
}
export type ItemOrProblem = { readonly item: Item } | { readonly problem: ProblemBody };

/** Every run belongs to it until there are tenants. */
const tenant = 'default';

/** An item of a bulk: with `workflow` a run, else a task. */
export function readItem(body: unknown, path: string, asked = nothingElse): ItemOrProblem {
  const isRun = typeof body === 'object' && body !== null && 'workflow' in body;
  return isRun ? readRun(body, path, asked) : readTask(body, path, asked);
}

export function readRun(body: unknown, path: string, asked = nothingElse): ItemOrProblem {
  const parsed = submitRun.safeParse(body);
  if (!parsed.success) return invalid(faultsOf(parsed.error), path);
  const verdict = verdictMembers(body, parsed.data.idempotencyKey, asked);
  return 'fault' in verdict
    ? invalid([verdict.fault], path)
    : runItem(parsed.data, { ...verdict, ...traced(asked) }, path);
}

export function readTask(body: unknown, path: string, asked = nothingElse): ItemOrProblem {
  const parsed = submitTask.safeParse(body);
  if (!parsed.success) return invalid(faultsOf(parsed.error), path);
  const verdict = verdictMembers(body, parsed.data.idempotencyKey, asked);
  return 'fault' in verdict
    ? invalid([verdict.fault], path)
    : taskItem(parsed.data, { ...verdict, ...traced(asked) }, path);
}

type VerdictMembers = Pick<RunRequested, 'idempotency' | 'asksVerdict'>;
type Beside = VerdictMembers & Pick<RunRequested, 'traceparent'>;

function traced({ traceparent }: Asked): Pick<RunRequested, 'traceparent'> {
  return traceparent === undefined ? {} : { traceparent };
}

function verdictMembers(
  body: unknown,
  inBody: string | undefined,
  asked: Asked,
): VerdictMembers | { fault: ProblemFault } {
  const key = inBody ?? asked.key;
  if (key === undefined) return asked.waits ? { asksVerdict: true } : {};
  if (asked.key === undefined || asked.key === key) return { idempotency: { key, body: bodyHash(body, asked.digest) } };
  const message = 'Expected one idempotency key, but the header Idempotency-Key and the body name two. Leave one out.';
  return { fault: { code: 'key-ambiguous', message, path: '/idempotencyKey' } };
}

function runItem(
  { workflow, version, input, idempotencyKey: _, ...rest }: SubmittedRun,
  beside: Beside,
  path: string,
): ItemOrProblem {
  const { bytes, fault } = measurePayload(input, '/input');
  if (fault !== undefined) return invalid([fault], path);
  const event = {
    type: 'RunRequested' as const,
    tenant,
    ...(input === undefined ? {} : { input }),
    ...rest,
    ...beside,
  };
  return { item: { event, workflow: { name: workflow, version }, payloadBytes: bytes } };
}

function taskItem(
  { input, runAt, idempotencyKey: _, ...task }: SubmittedTask,
  beside: Beside,
  path: string,
): ItemOrProblem {
  const { bytes, fault } = measurePayload(input, '/input');
  if (fault !== undefined) return invalid([fault], path);
  const event = {
    type: 'RunRequested' as const,
    tenant,
    task,
    ...(input === undefined ? {} : { input }),
    ...(runAt === undefined ? {} : { runAt }),
    ...beside,
  };
  return { item: { event, queue: task.queue ?? queueDefault, payloadBytes: bytes } };
}

function invalid(faults: readonly ProblemFault[], path: string): { problem: ProblemBody } {
  const here = faults.map((fault) => ({ ...fault, path: path + fault.path }));
  const tooLarge = faults.length === 1 && faults[0]!.code === 'payload-too-large';
  const detail = here
    .map((fault) => `${fault.path || 'body'}: ${fault.message}`)
    .slice(0, 5)
    .join(' ');
  const status = tooLarge ? 413 : 400;
  return {
    problem: problemBody({ status, code: tooLarge ? 'payload-too-large' : 'request-invalid', detail, faults: here }),
  };
}
