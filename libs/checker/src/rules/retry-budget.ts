import type { Outcome, TaskSpec } from '@millrace/domain';
import type { RunHistory } from '../history/run-history.js';
import type { EntrySeen, RuleMaker, Transition } from '../rule.js';
import { attemptText } from './sentences.js';

/** Deaths of a process that a task run has for itself, after which it is poison. */
const ownDeathsMax = 2;
const chanceMax = 1_000_000;

/** What a failed execution says of the next one, where the report was of one. */
interface Failure {
  readonly chance: number;
  readonly retryAfterMs?: number;
  /** The handler, the worker or the policy says that no execution could help. */
  readonly isFinal: boolean;
}

/** I24: only reports of failed executions burn the budget, it ends a task run when it is spent and not before, and delays are those of the policy. */
export const retryBudget: RuleMaker = () => ({
  rule: 'I24',
  consequence(fact, seen, { runs, time }) {
    const run = fact.fact === 'transition' ? runs.get(fact.run) : undefined;
    if (fact.fact !== 'transition' || run === undefined || fact.to === 'cancelled') return undefined;
    const failure = failureOf(seen, run.flow.spec(fact.task));
    const isNamed = fact.from === 'dispatched' || fact.from === 'running';
    if (failure === undefined || !isNamed) return fact.to === 'dead_lettered' ? poison(run, fact) : undefined;
    const wanted = wantedOf(run, fact, failure, time, seen);
    const [to, dueAt] = wanted;
    const isRight = fact.to === to && (dueAt === undefined || fact.move.dueAt === dueAt);
    const failures = run.failures.get(fact.task) ?? 0;
    return isRight
      ? undefined
      : `Expected failure ${failures} of ${attemptText(fact)} to make it ${to}${dueAt === undefined ? '' : ` until ${dueAt}`}, but it is ${fact.to}${fact.move.dueAt === undefined ? '' : ` until ${fact.move.dueAt}`}.`;
  },
});

function failureOf({ item, entry }: EntrySeen, { retry }: TaskSpec): Failure | undefined {
  if (item.type === 'AttemptsOverran') return { chance: item.entries[entry]!.chance, isFinal: false };
  if (item.type !== 'TaskFinished') return undefined;
  const outcome: Outcome = item.outcome;
  if (outcome.kind === 'timed_out') return { chance: outcome.chance, isFinal: false };
  if (outcome.kind !== 'failed') return undefined;
  const isFinal = !outcome.retryable || retry?.nonRetryable?.includes(outcome.error.name) === true;
  return {
    chance: outcome.chance,
    isFinal,
    ...(outcome.retryAfterMs !== undefined && { retryAfterMs: outcome.retryAfterMs }),
  };
}

/** Where a failed execution leaves its task run, and until when it backs off. */
function wantedOf(
  run: RunHistory,
  { task }: Transition,
  failure: Failure,
  time: number,
  { item }: EntrySeen,
): readonly [to: string, dueAt?: number] {
  if (failure.isFinal) return ['failed'];
  const { retry = {} } = run.flow.spec(task);
  const failures = run.failures.get(task) ?? 0;
  const dueAt = Math.min(time + delayOf(retry, failures, failure), 8_640_000_000_000_000);
  const retryBy = (run.queuedFirstAt.get(task) ?? Infinity) + (retry.totalMs ?? Infinity);
  if (failures < (retry.failuresMax ?? 3) && dueAt <= retryBy) return ['backing_off', dueAt];
  const isTimeout =
    item.type === 'AttemptsOverran' || (item.type === 'TaskFinished' && item.outcome.kind === 'timed_out');
  return [isTimeout ? 'timed_out' : 'dead_lettered'];
}

function delayOf(retry: NonNullable<TaskSpec['retry']>, failures: number, { chance, retryAfterMs }: Failure): number {
  const { policy = 'exponential', delayMs = 1_000, factor = 2, delayMsMax = 60_000 } = retry;
  if (retryAfterMs !== undefined) return retryAfterMs;
  if (policy === 'fixed') return Math.min(delayMs, delayMsMax);
  let delay = delayMs;
  for (let grown = 1; grown < failures && delay < delayMsMax && delay > 0; grown++) delay *= factor;
  return Math.floor((Math.min(delay, delayMsMax) * chance) / chanceMax);
}

function poison(run: RunHistory, fact: Transition): string | undefined {
  const deaths = run.deaths.get(fact.task) ?? 0;
  if (fact.move.reason === 'poison' && deaths >= ownDeathsMax) return undefined;
  return `Expected ${attemptText(fact)} to be dead-lettered by its own failures or ${ownDeathsMax} deaths of its own process, but it was after ${deaths} deaths for ${fact.move.reason}.`;
}
