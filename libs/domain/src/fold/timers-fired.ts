import type { TimersFired } from '../event/event.js';
import type { Timer } from '../partition/timers.js';
import { timeOutTask } from './deadlines.js';
import { closeRun, queueTask } from './end-task.js';
import { judgeEpoch, type EventFold, type Folding } from './folding.js';

/** Timers that one event fires at most; the owner proposes again for the rest. */
export const timersPerEventMax = 1_000;

/** An early proposal is rejected, so that it can be repeated: only partition time decides. */
export const timersFired: EventFold<TimersFired> = {
  judge(state, event) {
    const due = Math.min(event.until, state.time);
    return judgeEpoch(state, event) ?? ((state.timers.nextAt() ?? Infinity) <= due ? undefined : 'too-early');
  },
  apply(folding, event) {
    const { timers, time } = folding.state;
    for (let fired = 0; fired < timersPerEventMax; fired++) {
      const timer = timers.takeDue(Math.min(event.until, time));
      if (timer === undefined) return;
      fire(folding, timer);
    }
  },
};

function fire(folding: Folding, { run, task, kind }: Timer): void {
  if (kind === 'due') queueTask(folding, run, task, run.statusOf(task) === 'scheduled' ? 'due' : 'retry-due');
  else if (kind === 'run-close-by') closeRun(folding, run, 'timed_out', 'schedule-to-close');
  else timeOutTask(folding, run, task, kind);
}
