import type { PriorityRequested } from '../event/event.js';
import { isInFlight, isTerminal } from '../task/task-status.js';
import { judgeTaskRun } from './find-attempt.js';
import type { EventFold } from './folding.js';

/**
 * Gives a run, or one task run of it, another band, whatever its definition and its request say. What is queued goes to its
 * new ring with the age that it has; what is not queued yet comes to it later; an attempt in flight keeps the topic that it
 * was dispatched to. The band that it has already changes nothing. For a run it takes the place of what single task runs
 * were given before. Task runs that have not come to be in a large run come with it.
 */
export const priorityRequested: EventFold<PriorityRequested> = {
  judge(state, { run, task = 0 }) {
    return judgeTaskRun(state, { run, task });
  },
  apply({ state, sink, at }, { run: id, task: only, band }) {
    const run = state.runs.get(id)!;
    const changed: number[] = [];
    const told = run.sweep?.stage === 'birth' ? run.sweep.next : run.dag.tasks.length;
    for (let task = only ?? 0; task < (only === undefined ? told : Math.min(told, only + 1)); task++) {
      const status = run.statusOf(task);
      if (!isTerminal(status) && !isInFlight(status) && run.bandOf(task) !== band) changed.push(task);
    }
    state.ready.reband(run, () => run.setBand(only, band));
    for (const task of changed) sink.bandChanged(run, task, at);
  },
};
