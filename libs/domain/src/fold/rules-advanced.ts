import type { RulesAdvanced } from '../event/event.js';
import type { EventFold } from './folding.js';

/** Rules rise by one at a time and never fall; whoever does not know them halts the partition right after. */
export const rulesAdvanced: EventFold<RulesAdvanced> = {
  judge: (state, { rules }) => (rules === state.rules + 1 ? undefined : 'rules-not-next'),
  apply: ({ state }, { rules }) => {
    state.rules = rules;
  },
};
