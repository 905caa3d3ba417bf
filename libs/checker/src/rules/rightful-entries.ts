import type { RunHistory } from '../history/run-history.js';
import type { EntrySeen, RuleMaker } from '../rule.js';
import { attemptText } from './sentences.js';

/** What keeps any event of an owner from being judged. */
const general: ReadonlySet<string> = new Set(['duplicate-frame', 'not-born', 'epoch-over']);

/**
 * I3: entries of a plural event are judged one by one, by what stands when each is reached: a dispatch or a recall that
 * nothing speaks against is accepted, whatever its neighbours are.
 */
export const rightfulEntries: RuleMaker = () => ({
  rule: 'I3',
  entry(seen, { runs, workers, epoch }) {
    const { item, entry, verdict } = seen;
    if (verdict.kind !== 'rejected' || general.has(verdict.reason)) return undefined;
    if ((item.type !== 'TasksDispatched' && item.type !== 'TasksRecalled') || item.epoch !== epoch) return undefined;
    const named = item.entries[entry]!;
    const run = runs.get(named.run);
    if (run === undefined || run.isLarge || run.closing !== undefined || !run.has(named.task)) return undefined;
    const isRight = item.type === 'TasksRecalled' ? isRecallable(run, seen) : isDispatchable(run, seen, workers);
    if (!isRight) return undefined;
    return `Expected ${item.type} of ${attemptText(named)} to be accepted, but it was rejected: ${verdict.reason}.`;
  },
});

function isRecallable(run: RunHistory, { item, entry }: EntrySeen): boolean {
  if (item.type !== 'TasksRecalled') return false;
  const { task, attempt, claim } = item.entries[entry]!;
  const flight = run.flights.get(task);
  return flight?.attempt === attempt && flight.claim === claim && flight.isStarted;
}

function isDispatchable(
  run: RunHistory,
  { item, entry }: EntrySeen,
  workers: ReadonlyMap<string, { readonly seen: readonly unknown[]; readonly lostAt: unknown }>,
): boolean {
  if (item.type !== 'TasksDispatched' || run.isPaused) return false;
  const { task, attempt, worker } = item.entries[entry]!;
  const target = workers.get(worker);
  const isThere = target !== undefined && target.lostAt === undefined && target.seen.length > 0;
  return isThere && run.statusOf(task) === 'queued' && (run.attempts.get(task) ?? 0) + 1 === attempt;
}
