import type { PriorityRequested } from '../event/event.js';
import { touchedMax } from '../run/run-sweep.js';
import { judgeTaskRun } from './find-attempt.js';
import type { EventFold } from './folding.js';
import { isMovable, markBanded } from './sweep-run.js';

/**
 * Gives a run, or one task run of it, another band, whatever its definition and its request say. What is queued goes to its
 * new ring with the age that it has; what is not queued yet comes to it later; an attempt in flight keeps the topic that it
 * was dispatched to. The band that it has already changes nothing. For a run it takes the place of what single task runs
 * were given before. Task runs that have not come to be in a large run come with it. Of more than 10,000 task runs that
 * change the run is marked, and sweeps tell of them; the queue has them in their new ring at once.
 */
export const priorityRequested: EventFold<PriorityRequested> = {
  judge(state, { run, task = 0 }) {
    return judgeTaskRun(state, { run, task });
  },
  apply(folding, { run: id, task: only, band }) {
    const { state, sink, at } = folding;
    const run = state.runs.get(id)!;
    const changed: number[] = [];
    const told = run.sweep?.stage === 'birth' ? run.sweep.next : run.dag.tasks.length;
    for (let task = only ?? 0; task < (only === undefined ? told : Math.min(told, only + 1)); task++) {
      if (isMovable(run, task) && run.bandOf(task) !== band) changed.push(task);
      if (changed.length > touchedMax) break;
    }
    state.ready.reband(run, () => run.setBand(only, band));
    if (changed.length > touchedMax) return markBanded(folding, run, told);
    for (const task of changed) sink.bandChanged(run, task, at);
  },
};
