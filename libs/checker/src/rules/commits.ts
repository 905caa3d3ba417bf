import type { RuleMaker } from '../rule.js';

/** I6: rows move from the position where they stand, forward and never past the log. */
export const commits: RuleMaker = () => {
  let at: number | undefined;
  return {
    rule: 'I6',
    observed(seen, { position }) {
      if (seen.kind === 'rolled-back') {
        const before = at;
        at = seen.to;
        return before !== undefined && seen.to > before
          ? `Expected rows to come back at ${before} or before, but they came back at ${seen.to}.`
          : undefined;
      }
      if (seen.kind !== 'committed') return undefined;
      const { from, to } = seen;
      const before = at ?? from;
      at = to;
      if (from !== before)
        return `Expected rows to move on from ${before}, where they stood, but they moved from ${from} to ${to}.`;
      if (to < from) return `Expected rows to move forward from ${from}, but they moved to ${to}.`;
      return to > position
        ? `Expected rows to stand within the log, which ends at ${position}, but they moved to ${to}.`
        : undefined;
    },
  };
};
