import type { RunId } from '@millrace/domain';
import { Recent } from '../recent.js';
import type { RuleMaker } from '../rule.js';

/** Refused requests that are remembered. */
const refusedMax = 100_000;

/** I1: what was answered 2xx is in the log. */
export const acknowledged: RuleMaker = () => {
  const refused = new Recent<RunId, true>(refusedMax);
  return {
    rule: 'I1',
    entry({ item, verdict }) {
      if (item.type === 'RunRequested' && verdict.kind === 'rejected') refused.set(item.run, true);
    },
    observed(seen, history) {
      if (seen.kind !== 'acknowledged' || history.ended.hasForgotten || refused.hasForgotten) return undefined;
      if (history.find(seen.run) !== undefined || refused.get(seen.run) === true) return undefined;
      return `Expected run ${seen.run} to be in the log, but a request for it was acknowledged and is not.`;
    },
  };
};
