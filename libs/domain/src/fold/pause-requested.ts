import type { PauseRequested } from '../event/event.js';
import type { EventFold } from './folding.js';

/** A flag of the run, never a state of its task runs. A run that has ended is unknown. */
export const pauseRequested: EventFold<PauseRequested> = {
  judge(state, event) {
    const run = state.runs.get(event.run);
    if (run?.status !== 'running') return 'run-unknown';
    return state.ready.paused.has(run) ? 'already-paused' : undefined;
  },
  apply({ state, sink, at }, event) {
    const run = state.runs.get(event.run)!;
    state.ready.pause(run, at);
    sink.runPaused(run, at);
  },
};
