import { registerWorkflow, workflowNode } from '@millrace/protocol';
import type { Steps } from './fault-path.js';
import { nearName } from './near-name.js';

const keysOf = {
  workflow: Object.keys(registerWorkflow.shape),
  task: Object.keys(workflowNode.shape),
  retry: Object.keys(workflowNode.shape.retry.unwrap().shape),
  dependsOn: ['id', 'when'],
  join: ['rule', 'n'],
};

/** A sentence that says what to write instead; undefined where nobody can know. */
export function fixOf(code: string, steps: Steps, value: unknown): string | undefined {
  const found = steps.reduce<unknown>((at, step) => (at as Record<PropertyKey, unknown> | null)?.[step], value);
  switch (code) {
    case 'field-unknown':
      return meant(String(steps.at(-1)), keysAt(steps.slice(0, -1)));
    case 'task-parent-unknown':
      return meant(nameOf(found), idsOf(value));
    case 'value-invalid':
      return found === undefined && steps.length > 0 ? `Add ${String(steps.at(-1))}.` : undefined;
    case 'workflow-name-bad':
    case 'task-id-bad':
    case 'task-handler-bad':
      return spelt(found, /[^A-Za-z0-9._-]+/g);
    case 'task-queue-bad':
      return spelt(typeof found === 'string' ? found.toLowerCase() : found, /[^a-z0-9-]+/g);
    case 'workflow-cycle':
      return 'Take one of these arrows out.';
    default:
      return undefined;
  }
}

function meant(name: string, names: Iterable<string>): string | undefined {
  const near = nearName(name, names);
  return near === undefined ? undefined : `Did you mean ${near}?`;
}

function keysAt(steps: Steps): readonly string[] {
  if (steps.length === 0) return keysOf.workflow;
  if (steps.length === 2) return keysOf.task;
  const [, , member] = steps;
  return member === 'retry' || member === 'dependsOn' || member === 'join' ? keysOf[member] : [];
}

function nameOf(parent: unknown): string {
  return String(typeof parent === 'object' && parent !== null && 'id' in parent ? parent.id : parent);
}

function* idsOf(value: unknown): Iterable<string> {
  const tasks = (value as { tasks?: unknown } | null)?.tasks;
  if (!Array.isArray(tasks)) return;
  for (const task of tasks) if (typeof task?.id === 'string') yield task.id;
}

function spelt(found: unknown, forbidden: RegExp): string | undefined {
  if (typeof found !== 'string') return undefined;
  const allowed = found.trim().replaceAll(forbidden, '-').replaceAll(/^-+|-+$/g, ''); // prettier-ignore
  return allowed === '' || allowed === found ? undefined : `Write ${allowed}.`;
}
