import { namePattern } from './node-faults.js';
import type { WorkflowDefinition } from './workflow-definition.js';
import { fault, quote, type WorkflowFault } from './workflow-fault.js';
import { faultsMax, nodesMax, WorkflowGathering } from './workflow-gathering.js';

export { nodesMax, type WorkflowFault };

/**
 * Checks a definition whose members have the right types. Gives every fault (the first 100), an empty list for a valid
 * workflow; a cycle is told with its path, whose arrows go from parent to child. Linear in nodes and edges.
 */
export function validateWorkflow({ name, tasks }: WorkflowDefinition): readonly WorkflowFault[] {
  const faults = headFaults(name, tasks.length);
  if (tasks.length > nodesMax) return faults;
  const gathering = new WorkflowGathering();
  for (const task of tasks) gathering.add(task);
  const gathered = gathering.end();
  return 'faults' in gathered ? [...faults, ...gathered.faults].slice(0, faultsMax) : faults;
}

/** What is wrong with the name and the number of tasks. */
export function headFaults(name: string, tasks: number): WorkflowFault[] {
  const faults: WorkflowFault[] = [];
  if (!namePattern.test(name)) {
    faults.push(
      fault('workflow-name-bad', 'name', `Expected a name of letters, digits and . _ -, but found ${quote(name)}.`),
    );
  }
  if (tasks === 0) {
    faults.push(fault('workflow-empty', 'tasks', 'Expected at least one task, but the workflow has none.'));
  }
  if (tasks > nodesMax) {
    faults.push(fault('workflow-too-large', 'tasks', `Expected at most ${nodesMax} tasks, but found ${tasks}.`));
  }
  return faults;
}
