import type { CancelRequested } from '../event/event.js';
import { cancelRun } from './end-task.js';
import type { EventFold } from './folding.js';

/** A run that has ended is unknown: cancelling twice is harmless. */
export const cancelRequested: EventFold<CancelRequested> = {
  judge: (state, event) => (state.runs.has(event.run) ? undefined : 'run-unknown'),
  apply(folding, event) {
    cancelRun(folding, folding.state.runs.get(event.run)!, event.reason ?? 'cancel-requested');
  },
};
