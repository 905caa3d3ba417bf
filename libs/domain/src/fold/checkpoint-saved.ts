import type { CheckpointSaved } from '../event/event.js';
import { Checkpoints } from '../run/checkpoints.js';
import { judgeReport, runOf } from './find-attempt.js';
import type { EventFold } from './folding.js';

/** Counts like a report of the attempt: the last one is handed to the next attempt, whoever executes that. */
export const checkpointSaved: EventFold<CheckpointSaved> = {
  judge(state, event) {
    const fault = judgeReport(state, event);
    if (fault !== undefined) return fault;
    const checkpoints = runOf(state, event.run).checkpoints ?? new Checkpoints();
    return checkpoints.fits(event.task, event.checkpoint) ? undefined : 'checkpoint-too-large';
  },
  apply({ state, sink }, event) {
    const run = runOf(state, event.run);
    (run.checkpoints ??= new Checkpoints()).set(event.task, event.checkpoint);
    sink.checkpointSaved(run, event.task, event.checkpoint);
  },
};
