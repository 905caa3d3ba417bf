import { workflowLines, type LineSource } from '@millrace/client';

/** How many numbers a leaf looks at. */
const numbersPerLeaf = 100;

/** A workflow that counts the primes below `leaves * 100`: as many leaves, and one task that waits for all of them. */
export function primesWorkflow(leaves: number): LineSource {
  return workflowLines({ name: 'primes' }, tasks(leaves));
}

function* tasks(leaves: number) {
  const ids = Array.from({ length: leaves }, (_, leaf) => `leaf-${leaf}`);
  for (const [leaf, id] of ids.entries()) {
    const from = leaf * numbersPerLeaf;
    yield { id, handler: 'primes.count', input: { from, to: from + numbersPerLeaf } };
  }
  yield { id: 'sum', handler: 'primes.sum', dependsOn: ids };
}
