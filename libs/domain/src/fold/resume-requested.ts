import type { ResumeRequested } from '../event/event.js';
import type { EventFold } from './folding.js';

/** A run that has ended is unknown. */
export const resumeRequested: EventFold<ResumeRequested> = {
  judge(state, event) {
    const run = state.runs.get(event.run);
    if (run?.status !== 'running') return 'run-unknown';
    return state.ready.paused.has(run) ? undefined : 'not-paused';
  },
  apply({ state, sink }, event) {
    const run = state.runs.get(event.run)!;
    state.ready.resume(run);
    sink.runPaused(run, undefined);
  },
};
