import type { DispatchEntry, TasksDispatched } from '../event/event.js';
import type { Attempt } from '../run/run.js';
import { moveTask } from './end-task.js';
import { judgeTaskRun, runOf } from './find-attempt.js';
import { judgeEpoch, type PluralFold } from './folding.js';

export const tasksDispatched: PluralFold<TasksDispatched, DispatchEntry> = {
  entries: (event) => event.entries,
  judge: judgeEpoch,
  judgeEntry(state, _event, entry) {
    const fault = judgeTaskRun(state, entry);
    if (fault !== undefined) return fault;
    const run = runOf(state, entry.run);
    if (run.statusOf(entry.task) !== 'queued') return 'not-queued';
    if (entry.attempt !== run.attemptNumberOf(entry.task) + 1) return 'attempt-not-next';
    if (state.ready.paused.has(run)) return 'paused';
    const worker = state.workers.get(entry.worker);
    if (worker === undefined) return 'worker-unknown';
    return worker.lostAt === undefined ? undefined : 'worker-lost';
  },
  applyEntry(folding, { epoch }, { run: id, task, attempt: number, worker, to }) {
    const { state, at } = folding;
    const run = runOf(state, id);
    const attempt: Attempt = {
      run,
      task,
      number,
      epoch,
      band: run.bandOf(task),
      worker,
      to,
      dispatchedAt: at,
      startedAt: undefined,
      claim: undefined,
    };
    run.setAttemptNumber(task, number);
    run.addAttempt(attempt);
    state.workers.know(worker).inFlight.add(attempt);
    moveTask(folding, run, task, 'dispatched', { at, attempt: number, worker, dispatchedAt: at });
    state.ready.taken(run, task);
  },
};
