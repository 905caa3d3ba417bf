import type { PartitionClaimed } from '../event/event.js';
import type { EventFold } from './folding.js';

/** First in log order wins: of two claims of the same epoch the second is `epoch-not-next`. */
export const partitionClaimed: EventFold<PartitionClaimed> = {
  judge(state, event) {
    if (event.knows < state.rules) return 'rules-unknown';
    return event.epoch === state.epoch + 1 ? undefined : 'epoch-not-next';
  },
  apply({ state }, event) {
    state.epoch = event.epoch;
    state.ownerNonce = event.nonce;
  },
};
