import type { RuleMaker } from '../rule.js';

/** I7: no offset is passed over, except where an operator accepted that it is lost. */
export const contiguity: RuleMaker = () => ({
  rule: 'I7',
  record({ offset }, { position }) {
    return offset > position ? `Expected offset ${position} next, but ${offset} was folded.` : undefined;
  },
});
