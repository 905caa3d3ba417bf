import { conditionOf, type WorkflowDefinition, type WorkflowFault } from '@millrace/domain';
import { ConditionUnsound, readCondition } from './condition.js';

const faultsMax = 100;

/**
 * What is wrong with the conditions of a definition that `validateWorkflow` finds valid: the first 100 faults. Each text is
 * read once, however many edges carry it.
 */
export function reviewConditions({ tasks }: WorkflowDefinition): WorkflowFault[] {
  const faults: WorkflowFault[] = [];
  const known = new Map<string, string | undefined>();
  for (const [index, { dependsOn = [] }] of tasks.entries()) {
    for (const [place, parent] of dependsOn.entries()) {
      const when = conditionOf(parent);
      if (when === undefined) continue;
      if (!known.has(when)) known.set(when, faultOf(when));
      const message = known.get(when);
      if (message === undefined) continue;
      faults.push({ code: 'task-condition-bad', path: `tasks[${index}].dependsOn[${place}].when`, message });
      if (faults.length >= faultsMax) return faults;
    }
  }
  return faults;
}

function faultOf(when: string): string | undefined {
  try {
    readCondition(when);
    return undefined;
  } catch (error) {
    if (error instanceof ConditionUnsound) return error.message;
    throw error;
  }
}
