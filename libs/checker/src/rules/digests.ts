import { Recent } from '../recent.js';
import type { RuleMaker } from '../rule.js';
import type { Invariant } from '../violation.js';

/** Positions whose digests are remembered, of each kind. */
const positionsMax = 1_024;

/** I3, I5, I19: what follows from the same records is the same, whoever folded them, from a snapshot or not, in memory or in rows. */
function digests(rule: Invariant, of: 'fold' | 'projection', isRestored: boolean): RuleMaker {
  return () => {
    const known = new Recent<number, { readonly by: string; readonly digest: string }>(positionsMax);
    return {
      rule,
      observed(seen) {
        if (seen.kind !== 'digest' || seen.of !== of) return undefined;
        const first = known.get(seen.offset);
        if (first === undefined) {
          if (seen.restored !== true) known.set(seen.offset, seen);
          return undefined;
        }
        if ((seen.restored ?? false) !== isRestored || first.digest === seen.digest) return undefined;
        return `Expected the ${of} of ${seen.by} at offset ${seen.offset} to be ${first.digest} as that of ${first.by}, but it is ${seen.digest}.`;
      },
    };
  };
}

export const pureFold = digests('I3', 'fold', false);
export const snapshotAndTail = digests('I19', 'fold', true);
export const projectionIsFold = digests('I5', 'projection', false);
