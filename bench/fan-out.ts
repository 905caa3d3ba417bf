import type { WorkflowDefinition } from '@millrace/domain';

/** A root, leaves that wait for it, and a join of all of them: so many nodes together. */
export function fanOut(nodes: number): WorkflowDefinition {
  const leaves = Array.from({ length: nodes - 2 }, (_, index) => {
    return { id: `leaf-${index}`, handler: 'noop', dependsOn: ['root'] };
  });
  const join = { id: 'join', handler: 'noop', dependsOn: leaves.map(({ id }) => id) };
  return { name: `large-${nodes}`, tasks: [{ id: 'root', handler: 'noop' }, ...leaves, join] };
}
