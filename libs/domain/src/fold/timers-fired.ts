import type { TimersFired } from '../event/event.js';
import { queueTask } from './end-task.js';
import { judgeEpoch, type EventFold } from './folding.js';

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
      queueTask(folding, timer.run, timer.task, 'retry-due');
    }
  },
};
