import type { RunSwept } from '../event/event.js';
import { touchedMax } from '../run/run-sweep.js';
import { judgeEpoch, type EventFold } from './folding.js';
import { sweepRun } from './sweep-run.js';

/** The next slice of what was marked; a slice that was done is rejected, so that repeats are harmless. */
export const runSwept: EventFold<RunSwept> = {
  judge(state, event) {
    const fault = judgeEpoch(state, event);
    if (fault !== undefined) return fault;
    const sweep = state.runs.get(event.run)?.sweep;
    if (sweep === undefined) return 'nothing-to-sweep';
    if (event.from !== sweep.done) return 'already-swept';
    return event.to > event.from && event.to - event.from <= touchedMax ? undefined : 'sweep-out-of-range';
  },
  apply(folding, event) {
    sweepRun(folding, folding.state.runs.get(event.run)!, event.to - event.from);
  },
};
