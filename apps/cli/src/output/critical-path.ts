import type { Dag } from '@millrace/domain';
import type { TaskRunView } from '@millrace/protocol';

/** A task run on the critical path. */
export interface PathStep {
  readonly task: number;
  readonly id: string;
  /** From what let it begin, the end of its parent or the request of the run, until it began. */
  readonly waitedMs: number;
  /** From its beginning to its end, or until now. */
  readonly tookMs: number;
}

/**
 * The chain of task runs that the end of a run waited for, by measured times: from the task run that ended last back to the
 * parent whose end let it begin, and so on. Of a run that goes on, from the one that moved last. `tasks` by index; where one
 * of them is unknown the path begins behind it.
 */
export function criticalPath(
  dag: Dag,
  tasks: ReadonlyMap<number, TaskRunView>,
  requestedAt: number,
  now: number,
): PathStep[] {
  const begun = [...tasks.values()].filter((each) => beginOf(each) !== undefined);
  const last = begun.reduce<TaskRunView | undefined>((latest, each) => (latest === undefined || endOf(each, now) > endOf(latest, now) ? each : latest), undefined); // prettier-ignore
  const path: PathStep[] = [];
  for (let at = last; at !== undefined && path.length <= tasks.size;) {
    const begin = beginOf(at)!;
    const parent = releasedBy(dag, tasks, at, begin, now);
    const free = parent === undefined ? requestedAt : endOf(parent, now);
    path.push({
      task: at.task,
      id: at.id,
      waitedMs: Math.max(0, begin - free),
      tookMs: Math.max(0, endOf(at, now) - begin),
    });
    at = parent;
  }
  return path.reverse();
}

/** Of its parents that had ended when it began, the one that ended last. */
function releasedBy(
  dag: Dag,
  tasks: ReadonlyMap<number, TaskRunView>,
  at: TaskRunView,
  begin: number,
  now: number,
): TaskRunView | undefined {
  const parents = [...dag.parents.subarray(dag.parentFrom[at.task], dag.parentFrom[at.task + 1])];
  const ended = parents.flatMap((parent) => tasks.get(parent) ?? []).filter((each) => beginOf(each) !== undefined && endOf(each, now) <= begin); // prettier-ignore
  return ended.reduce<TaskRunView | undefined>((latest, each) => (latest === undefined || endOf(each, now) > endOf(latest, now) ? each : latest), undefined); // prettier-ignore
}

function beginOf({ startedAt, dispatchedAt }: TaskRunView): number | undefined {
  const at = startedAt ?? dispatchedAt;
  return at === null ? undefined : Date.parse(at);
}

function endOf({ finishedAt }: TaskRunView, now: number): number {
  return finishedAt === null ? now : Date.parse(finishedAt);
}
