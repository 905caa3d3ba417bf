import type { RunStatus } from '@millrace/domain';
import type { RunHistory } from '../history/run-history.js';
import type { RuleMaker } from '../rule.js';

/** I16: a run ends with its last task run, as the ends of its leaves say, and at rest everything that was requested has ended. */
export const runEnds: RuleMaker = () => ({
  rule: 'I16',
  consequence(fact, { item }, { runs, time }) {
    if (fact.fact !== 'ended') return undefined;
    const run = runs.get(fact.run);
    if (run === undefined) return `Expected run ${fact.run} to live, but ${item.type} ended it.`;
    if (run.open > 0)
      return `Expected run ${fact.run} to end with its last task run, but ${run.open} are open and ${item.type} ended it.`;
    if (fact.status === 'timed_out')
      return time >= run.closeBy
        ? undefined
        : `Expected run ${fact.run} not to time out before ${run.closeBy}, but it did at ${time}.`;
    const wanted = run.closing ?? endOf(run);
    return wanted === fact.status
      ? undefined
      : `Expected run ${fact.run} to have ${wanted}, but it ended as ${fact.status}.`;
  },
  settled({ item, consequences }, { runs }) {
    const last = consequences.at(-1);
    const run = last?.fact === 'transition' ? runs.get(last.run) : undefined;
    if (run === undefined || run.open > 0 || run.isLarge) return undefined;
    return `Expected run ${run.id} to end with its last task run, but it lives after ${item.type}.`;
  },
  observed(seen, { runs }) {
    if (seen.kind !== 'at-rest') return undefined;
    return [...runs.values()].map(
      (run) =>
        `Expected run ${run.id} to have ended at rest, but ${run.open} task runs of it are open: ${openOf(run)}.`,
    );
  },
});

function endOf(run: RunHistory): RunStatus {
  for (let task = 0; task < run.flow.size; task++) {
    if (!run.flow.isLeaf(task)) continue;
    const status = run.statusOf(task);
    if (['failed', 'timed_out', 'dead_lettered'].includes(status) || run.upstreamFailed.has(task)) return 'failed';
  }
  return 'succeeded';
}

/** At most so many are named. */
const namedMax = 5;

function openOf(run: RunHistory): string {
  const open: string[] = [];
  for (let task = 0; task < run.flow.size && open.length < namedMax; task++) {
    const status = run.statusOf(task);
    if (!['succeeded', 'failed', 'timed_out', 'cancelled', 'skipped', 'dead_lettered'].includes(status))
      open.push(`task ${task} ${status}`);
  }
  return open.join(', ');
}
