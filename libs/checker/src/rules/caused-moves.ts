import type { EventType, TaskStatus } from '@millrace/domain';
import type { RuleMaker } from '../rule.js';
import { attemptSaid } from './attempt-said.js';
import { attemptText } from './sentences.js';

/** Which events may move a task run to a status; what names one moves only that one there. */
const causes: Readonly<Partial<Record<TaskStatus, readonly EventType[]>>> = {
  running: ['TaskStarted', 'StartsSeen'],
  succeeded: ['TaskFinished'],
  failed: ['TaskFinished', 'TasksRecalled'],
  backing_off: ['TaskFinished', 'AttemptsOverran'],
  dead_lettered: ['TaskFinished', 'AttemptsOverran'],
  timed_out: ['TaskFinished', 'AttemptsOverran', 'TimersFired', 'RunSwept'],
  cancelled: ['CancelRequested', 'RunSwept'],
};
const back: readonly EventType[] = ['TaskReturned', 'TasksRecalled', 'WorkerLost', 'TaskFinished'];

/** I4: each move has an event that can cause it, and one that names a task run moves no other one so. */
export const causedMoves: RuleMaker = () => ({
  rule: 'I4',
  consequence(fact, { item, entry }) {
    if (fact.fact !== 'transition') return undefined;
    const { from, to } = fact;
    const isBack = to === 'queued' && (from === 'dispatched' || from === 'running');
    const isDue = to === 'queued' && (from === 'backing_off' || from === 'scheduled');
    const allowed = isBack ? back : isDue ? (['TimersFired'] as const) : causes[to];
    if (allowed === undefined) return undefined;
    const text = `${attemptText(fact)} ${from} -> ${to}`;
    if (!(allowed as readonly string[]).includes(item.type))
      return `Expected one of ${allowed.join(', ')} to move ${text}, but ${item.type} did it.`;
    const named = attemptSaid(item, entry);
    if (named === undefined || (named.run === fact.run && named.task === fact.task)) return undefined;
    return `Expected ${item.type} to move ${attemptText(named)} but it moved ${text}.`;
  },
});
