import type { Run } from '../run/run.js';
import { touchedMax, type Untold } from '../run/run-sweep.js';
import { closeTask, releaseTask } from './end-task.js';
import type { Folding } from './folding.js';
import { markSweep } from './sweep-run.js';

/**
 * Tells the children of a task run that ended, and those of every child that is skipped for it. Each edge of the run is
 * walked once in its life; beyond 10,000 in one event the rest is marked for sweeps.
 */
export function tellChildren(folding: Folding, run: Run, ended: Untold): void {
  const untold = [ended];
  tellUntold(folding, run, untold, touchedMax);
  if (untold.length > 0) for (const each of untold) markSweep(folding, run).untold.push(each);
}

/** Walks at most so many edges; what is left stays in `untold`. Iterative: a chain may be a million long. */
export function tellUntold(folding: Folding, run: Run, untold: Untold[], edges: number): void {
  const { childFrom, children, conditions } = run.dag;
  let left = edges;
  for (let next = untold.pop(); next !== undefined; next = untold.pop()) {
    const isTaken = conditions === undefined ? undefined : new Set(next.taken);
    const until = childFrom[next.task + 1]!;
    for (let edge = next.edge; edge < until; edge++, left--) {
      if (left === 0) {
        untold.push({ ...next, edge });
        return;
      }
      const child = children[edge]!;
      const isSkipped = next.end === 'succeeded' && conditions?.has(edge) === true && !isTaken!.has(child);
      run.countParent(child, isSkipped ? 'skipped' : next.end);
      if (run.statusOf(child) !== 'pending') continue;
      const verdict = run.judgeJoin(child);
      if (verdict === 'run') releaseTask(folding, run, child);
      else if (verdict !== 'wait') {
        closeTask(folding, run, child, 'skipped', { at: folding.at, attempt: 0, reason: verdict });
        untold.push({ task: child, end: verdict === 'branch' ? 'skipped' : 'failed', edge: childFrom[child]! });
      }
    }
  }
}
