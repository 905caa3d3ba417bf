/** When a task runs, seen from the ends of its parents. The names are Airflow's; `n_of_m` takes a count. */
export const plainJoinRules = ['all_success', 'all_done', 'one_success', 'none_failed', 'always'] as const;
export type PlainJoinRule = (typeof plainJoinRules)[number];

/**
 * The join of a node. Default `all_success`.
 * - `all_success`: every parent has succeeded
 * - `all_done`: every parent has ended, however
 * - `one_success`: at the first parent that succeeds
 * - `none_failed`: every parent has ended and none has failed: all succeeded or were skipped by a branch
 * - `always`: at once, without waiting for any parent
 * - `n_of_m`: at the `n`-th parent that succeeds; `n` is from 1 to the number of parents
 */
export type Join = PlainJoinRule | { readonly rule: 'n_of_m'; readonly n: number };

export const joinDefault: Join = 'all_success';

/** Why a task was skipped: a parent failed, or none did and a branch went another way. */
export const skipReasons = ['upstream_failed', 'branch'] as const;
export type SkipReason = (typeof skipReasons)[number];

/** How a parent ended, as joins see it. Being skipped because of `upstream_failed` is failure. */
export type ParentEnd = 'succeeded' | 'failed' | 'skipped';

/** Parents of one task by how they stand; those that are none of these were skipped by a branch. */
export interface ParentCounts {
  readonly all: number;
  /** Not ended yet. */
  readonly open: number;
  readonly succeeded: number;
  readonly failed: number;
}

export type JoinVerdict = 'run' | 'wait' | SkipReason;

/**
 * What a join says of its parents as they stand. A join that is met says `run` at once, one that a failure keeps from ever
 * being met `upstream_failed` at once. `branch` is said only when every parent has ended, so that the verdict depends on
 * how the parents end and never on the order in which they do.
 */
export function judgeJoin(join: Join, { all, open, succeeded, failed }: ParentCounts): JoinVerdict {
  const skipped = all - open - succeeded - failed;
  switch (join) {
    case 'always':
      return 'run';
    case 'all_done':
      return open === 0 ? 'run' : 'wait';
    case 'none_failed':
      if (failed > 0) return 'upstream_failed';
      return open === 0 ? 'run' : 'wait';
    case 'all_success':
      if (failed > 0) return 'upstream_failed';
      if (open > 0) return 'wait';
      return skipped > 0 ? 'branch' : 'run';
    default:
      return judgeCount(join === 'one_success' ? 1 : join.n, open, succeeded, failed);
  }
}

function judgeCount(needed: number, open: number, succeeded: number, failed: number): JoinVerdict {
  if (succeeded >= needed) return 'run';
  if (failed > 0 && succeeded + open < needed) return 'upstream_failed';
  return open > 0 ? 'wait' : 'branch';
}
