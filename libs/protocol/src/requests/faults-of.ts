import type { z } from 'zod';
import { ServiceProblem, type ProblemFault } from './service-problem.js';

const faultsMax = 100;

/** Members that later versions take: told apart from spelling mistakes. */
const later: Readonly<Record<string, string>> = {
  orderingKey: 'ordering keys come in a later version',
  concurrencyKey: 'concurrency limits come in a later version',
  fairnessKey: 'fairness comes in a later version',
  schedule: 'schedules come in a later version',
  tenant: 'tenants come in a later version; all runs belong to the tenant "default"',
  joinRule: 'a task of a workflow names its join rule as "join"',
  scheduleToStartMs: 'it belongs to a task, and a run has only scheduleToCloseMs',
  heartbeatMs: 'a task names its heartbeat timeout as "heartbeatTimeoutMs"',
};

/** One fault per unknown member, wrong type or bad value, each with its JSON pointer; the first 100. */
export function faultsOf(error: z.ZodError): ProblemFault[] {
  return error.issues.flatMap((issue) => faultsOfIssue(issue)).slice(0, faultsMax);
}

function faultsOfIssue(issue: z.core.$ZodIssue): ProblemFault[] {
  if (issue.code !== 'unrecognized_keys') {
    const message = `Expected a valid value, but: ${issue.message}.`;
    return [{ code: 'value-invalid', message, path: pointer(issue.path) }];
  }
  return issue.keys.map((key) => {
    const hint = Object.hasOwn(later, key) ? later[key] : 'remove it or correct its name';
    const message = `Expected known fields, but ${key} is none: ${hint}.`;
    return { code: 'field-unknown', message, path: pointer([...issue.path, key]) };
  });
}

/** JSON pointer (RFC 6901). */
export function pointer(path: readonly PropertyKey[]): string {
  return path.map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

/** `tasks[3].dependsOn[0]` as a JSON pointer. */
export function pointerOf(path: string): string {
  return pointer(path.replaceAll(/\[(\d+)\]/g, '.$1').split('.'));
}

/** 400 for what does not have the members and types that this route takes. */
export function requestInvalid(faults: readonly ProblemFault[]): ServiceProblem {
  const detail = faults
    .map(({ message, path }) => `${path || 'body'}: ${message}`)
    .slice(0, 5)
    .join(' ');
  return new ServiceProblem({ status: 400, code: 'request-invalid', detail, faults });
}

/** The parsed body, or the 400 with everything that is wrong with it. */
export function parseBody<S extends z.ZodType>(schema: S, body: unknown): z.output<S> {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  throw requestInvalid(faultsOf(parsed.error));
}
