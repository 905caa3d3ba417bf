import type { CancelRequested } from '../event/event.js';
import { closeRun } from './end-task.js';
import type { EventFold } from './folding.js';

/** A run that has ended is unknown: cancelling twice is harmless. */
export const cancelRequested: EventFold<CancelRequested> = {
  judge: (state, event) => (state.runs.get(event.run)?.status === 'running' ? undefined : 'run-unknown'),
  apply(folding, event) {
    closeRun(folding, folding.state.runs.get(event.run)!, 'cancelled', event.reason ?? 'cancel-requested');
  },
};
