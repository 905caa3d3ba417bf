import type { TaskReturned } from '../event/event.js';
import { attemptOf, judgeReport } from './find-attempt.js';
import type { EventFold } from './folding.js';
import { returnTask } from './return-task.js';

export const taskReturned: EventFold<TaskReturned> = {
  judge: judgeReport,
  apply(folding, event) {
    returnTask(folding, attemptOf(folding.state, event), event.reason);
  },
};
