import type { TaskIndex } from '../ids.js';
import type { Run } from '../run/run.js';
import type { RunSweep } from '../run/run-sweep.js';
import { isInFlight, isTerminal } from '../task/task-status.js';
import { closeOne, endRun, releaseTask } from './end-task.js';
import type { Folding } from './folding.js';
import { tellUntold } from './tell-children.js';

/** Marks the run, for the owner to sweep. */
export function markSweep({ state }: Folding, run: Run): RunSweep {
  run.sweep ??= { done: 0, next: 0, untold: [] };
  state.sweeping.add(run);
  return run.sweep;
}

/** Ends every task run that is open: those that have rows first come to be, where the birth is not done. */
export function markClose(folding: Folding, run: Run, close: NonNullable<RunSweep['close']>): void {
  const sweep = markSweep(folding, run);
  sweep.close = close;
  sweep.untold.length = 0;
  if (sweep.stage === 'birth') return;
  sweep.stage = 'close';
  sweep.next = 0;
}

/** Tells of the bands of all its task runs below `to` that another band can move. */
export function markBanded(folding: Folding, run: Run, to: TaskIndex): void {
  markSweep(folding, run).banded = { next: 0, to };
}

/** May another band change where it goes? */
export function isMovable(run: Run, task: TaskIndex): boolean {
  const status = run.statusOf(task);
  return !isTerminal(status) && !isInFlight(status);
}

/** Does at most so many steps of what is marked; the run may end with the last. */
export function sweepRun(folding: Folding, run: Run, steps: number): void {
  const sweep = run.sweep!;
  sweep.done += steps;
  let left = steps - tellBanded(folding, run, sweep, steps);
  while (left > 0 && sweep.stage !== undefined) {
    const to = Math.min(sweep.next + left, run.dag.tasks.length);
    left -= to - sweep.next;
    sweepTo(folding, run, sweep, to);
    sweep.next = to;
    if (to === run.dag.tasks.length) finishStage(sweep);
  }
  if (run.status !== 'running') {
    if (sweep.stage === undefined) endRun(folding, run, sweep.close!.reason);
    return;
  }
  if (left > 0) tellUntold(folding, run, sweep.untold, left);
  if (run.open === 0) endRun(folding, run);
  else if (sweep.stage === undefined && sweep.untold.length === 0 && sweep.banded === undefined) {
    run.sweep = undefined;
    folding.state.sweeping.delete(run);
  }
}

/** Gives how many steps it took. */
function tellBanded({ sink, at }: Folding, run: Run, sweep: RunSweep, steps: number): number {
  const { banded } = sweep;
  if (banded === undefined) return 0;
  const from = banded.next;
  banded.next = Math.min(from + steps, banded.to);
  for (let task = from; task < banded.next; task++) if (isMovable(run, task)) sink.bandChanged(run, task, at);
  if (banded.next === banded.to) delete sweep.banded;
  return Math.min(steps, banded.next - from);
}

function sweepTo(folding: Folding, run: Run, { stage, next, close }: RunSweep, to: number): void {
  if (stage === 'birth') return folding.sink.tasksBorn(run, next, to);
  for (let task = next; task < to; task++) {
    const status = run.statusOf(task);
    if (stage === 'close') {
      if (!isTerminal(status)) closeOne(folding, run, task, close!.to, close!.reason);
    } else if (status === 'pending' && run.judgeJoin(task) === 'run') releaseTask(folding, run, task);
  }
}

function finishStage(sweep: RunSweep): void {
  if (sweep.stage === 'birth') sweep.stage = sweep.close === undefined ? 'release' : 'close';
  else delete sweep.stage;
  sweep.next = 0;
}
