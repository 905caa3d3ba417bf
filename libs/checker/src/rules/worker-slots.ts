import type { WorkerId } from '@millrace/domain';
import type { RuleMaker } from '../rule.js';

/** I17: no worker runs more handlers at once than it has slots. Bound: the handlers that run. */
export const workerSlots: RuleMaker = () => {
  const running = new Map<WorkerId, number>();
  return {
    rule: 'I17',
    observed(seen) {
      if (seen.kind === 'worker-died') running.delete(seen.worker);
      if (seen.kind === 'handler-ended' && running.has(seen.worker))
        running.set(seen.worker, running.get(seen.worker)! - 1);
      if (seen.kind !== 'handler-began') return undefined;
      const count = (running.get(seen.worker) ?? 0) + 1;
      running.set(seen.worker, count);
      if (count <= (seen.slots ?? Infinity)) return undefined;
      return `Expected ${seen.worker} to run at most ${seen.slots} handlers at once, which are its slots, but it runs ${count}.`;
    },
  };
};
