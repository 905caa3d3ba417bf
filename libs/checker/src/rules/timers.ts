import type { RunHistory } from '../history/run-history.js';
import type { RuleMaker, Transition } from '../rule.js';
import { attemptText } from './sentences.js';

/** I20: nothing that waits for a time goes on before it, by partition time. That it goes on once, I4 says; that it does at all, I16. */
export const timers: RuleMaker = () => ({
  rule: 'I20',
  consequence(fact, { item }, { runs, time }) {
    const run = fact.fact === 'transition' ? runs.get(fact.run) : undefined;
    if (fact.fact !== 'transition' || run === undefined) return undefined;
    const due = dueOf(run, fact, item.type, time);
    if (due === undefined || due <= time) return undefined;
    return `Expected ${attemptText(fact)} to stay ${fact.from} until ${due}, but ${item.type} moved it to ${fact.to} at ${time}.`;
  },
});

/** The earliest time of a move, where it has one. */
function dueOf(run: RunHistory, { task, from, to, move }: Transition, type: string, time: number): number | undefined {
  const isWaiting = from === 'scheduled' || from === 'backing_off';
  if (to === 'queued' && isWaiting) return run.dues.get(task) ?? Infinity;
  const { delayMs = 0, scheduleToCloseMs = Infinity } = run.flow.spec(task);
  if (to === 'queued' && from === 'pending') return Math.max(run.runAt, time + delayMs);
  if (to !== 'timed_out' || type !== 'TimersFired') return undefined;
  if (move.reason === 'schedule-to-start') return run.startBy.get(task) ?? Infinity;
  const ownCloseBy = (run.queuedFirstAt.get(task) ?? Infinity) + scheduleToCloseMs;
  return Math.min(ownCloseBy, run.closeBy);
}
