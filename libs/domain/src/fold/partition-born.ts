import type { PartitionBorn } from '../event/event.js';
import type { EventFold } from './folding.js';

export const partitionBorn: EventFold<PartitionBorn> = {
  judge: (state) => (state.birth === undefined ? undefined : 'already-born'),
  apply({ state }, event) {
    state.birth = event;
    state.rules = event.rules;
  },
};
