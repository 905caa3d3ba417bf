import type { TaskIndex } from '@millrace/domain';
import type { RunHistory } from '../history/run-history.js';
import { isTerminal } from '../history/statuses.js';
import type { RuleMaker } from '../rule.js';
import { attemptText } from './sentences.js';

interface Ends {
  all: number;
  open: number;
  succeeded: number;
  failed: number;
}

/** I15: a task run waits until its join is met, as docs/design.md says of each rule, and is skipped only where that can never be. */
export const dagOrder: RuleMaker = () => ({
  rule: 'I15',
  consequence(fact, { item }, { runs }) {
    if (fact.fact !== 'transition' || fact.from !== 'pending') return undefined;
    const run = runs.get(fact.run);
    const isSkip = fact.to === 'skipped';
    if (run === undefined || (!isSkip && fact.to !== 'queued' && fact.to !== 'scheduled')) return undefined;
    const ends = endsOf(run, fact.task);
    const wanted = verdictOf(run, fact.task, ends);
    const said = isSkip ? fact.move.reason : 'run';
    if (wanted === said) return undefined;
    return `Expected the join of ${attemptText(fact)} to say ${wanted} (${ends.succeeded} of ${ends.all} parents succeeded, ${ends.failed} failed, ${ends.open} open), but ${item.type} said ${said}.`;
  },
});

function endsOf(run: RunHistory, task: TaskIndex): Ends {
  const ends = { all: 0, open: 0, succeeded: 0, failed: 0 };
  for (const { parent, isConditional } of run.flow.parentsOf(task)) {
    const status = run.statusOf(parent);
    ends.all += 1;
    if (!isTerminal(status)) ends.open += 1;
    else if (status === 'succeeded')
      ends.succeeded += isConditional && run.taken.get(parent)?.has(task) !== true ? 0 : 1;
    else if (status !== 'skipped' || run.upstreamFailed.has(parent)) ends.failed += 1;
  }
  return ends;
}

function verdictOf(run: RunHistory, task: TaskIndex, { all, open, succeeded, failed }: Ends): string {
  const join = run.flow.joinOf(task);
  if (join === 'always') return 'run';
  if (join === 'all_done') return open === 0 ? 'run' : 'wait';
  if (join === 'none_failed') return failed > 0 ? 'upstream_failed' : open === 0 ? 'run' : 'wait';
  const needed = join === 'all_success' ? all : join === 'one_success' ? 1 : join.n;
  if (succeeded >= needed && (join !== 'all_success' || open === 0)) return 'run';
  const isHopeless = join === 'all_success' || succeeded + open < needed;
  if (failed > 0 && isHopeless) return 'upstream_failed';
  return open > 0 ? 'wait' : 'branch';
}
