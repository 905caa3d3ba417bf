import type { GapAccepted } from '../event/event.js';
import { hasPassed } from '../partition/gap.js';
import type { EventFold } from './folding.js';

/** Whoever folds passes over a gap before it comes to its acceptance: accepted is what was passed over. */
export const gapAccepted: EventFold<GapAccepted> = {
  judge: (state, { from, to }) => (hasPassed(state, { from, to }) ? undefined : 'gap-unknown'),
  apply: () => {},
};
