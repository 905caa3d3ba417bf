import { describe, expect, it } from 'vitest';
import type { TaskStatus } from '../task/task-status.js';
import * as given from '../testing/index.js';
import { givenPartition, type Fact } from '../testing/index.js';
import { judgeJoin, plainJoinRules, type Join, type ParentEnd } from './join-rule.js';

const ends = ['succeeded', 'failed', 'skipped'] as const satisfies readonly ParentEnd[];
const joins: readonly Join[] = [...plainJoinRules, ...[1, 2, 3].map((n): Join => ({ rule: 'n_of_m', n }))];

/** Every way in which `count` things can each be one of `choices`. */
function* every<T>(choices: readonly T[], count: number): Generator<T[]> {
  if (count === 0) return yield [];
  for (const rest of every(choices, count - 1)) for (const choice of choices) yield [...rest, choice];
}

/** Every order of these things. */
function* orders(count: number, chosen: readonly number[] = []): Generator<readonly number[]> {
  if (chosen.length === count) return yield chosen;
  for (let index = 0; index < count; index++) if (!chosen.includes(index)) yield* orders(count, [...chosen, index]);
}

/** The words of the design about the final ends of all parents, one sentence a line; it knows nothing of counters. */
function oracle(join: Join, parents: readonly ParentEnd[]): string {
  const some = (end: ParentEnd) => parents.some((parent) => parent === end);
  const successes = parents.filter((parent) => parent === 'succeeded').length;
  const met: Record<string, boolean> = {
    all_success: parents.every((parent) => parent === 'succeeded'),
    all_done: true,
    one_success: some('succeeded'),
    none_failed: !some('failed'),
    always: true,
    n_of_m: typeof join === 'object' && successes >= join.n,
  };
  if (met[typeof join === 'object' ? join.rule : join]!) return 'run';
  return some('failed') ? 'upstream_failed' : 'branch';
}

const fits = (join: Join, parents: number): boolean => typeof join !== 'object' || join.n <= parents;
const nameOf = (join: Join): string => (typeof join === 'object' ? `n_of_m ${join.n}` : join);

describe.each(joins.map((join) => [nameOf(join), join] as const))('the join %s', (_name, join) => {
  it.each([1, 2, 3].filter((parents) => fits(join, parents)))(
    'says what the design says of %i ended parents',
    (all) => {
      for (const parents of every(ends, all)) {
        const count = (end: ParentEnd) => parents.filter((parent) => parent === end).length;
        const verdict = judgeJoin(join, { all, open: 0, succeeded: count('succeeded'), failed: count('failed') });
        expect([parents, verdict]).toEqual([parents, oracle(join, parents)]);
      }
    },
  );

  it.each([1, 2, 3].filter((parents) => fits(join, parents)))(
    'decides about %i parents as soon as it can, in any order',
    (all) => {
      for (const parents of every(ends, all)) {
        for (const order of orders(all)) {
          for (let ended = 0; ended <= all; ended++) {
            const known = order.slice(0, ended).map((index) => parents[index]!);
            const futures = [...every(ends, all - ended)].map((rest) => oracle(join, [...known, ...rest]));
            const count = (end: ParentEnd) => known.filter((parent) => parent === end).length;
            const counts = { all, open: all - ended, succeeded: count('succeeded'), failed: count('failed') };
            const isSure = new Set(futures).size === 1;
            const isWaitingRule = join === 'all_done' && ended < all;
            expect([known, judgeJoin(join, counts)]).toEqual([known, isSure && !isWaitingRule ? futures[0] : 'wait']);
          }
        }
      }
    },
  );
});

/** What may become of a parent in a log, as the last event of its attempt. */
const fates: Readonly<Record<string, (ref: given.TaskRef) => ReturnType<typeof given.finished>>> = {
  succeeded: (ref) => given.finished(ref),
  failed: (ref) => given.failed(ref, { retryable: false }),
  dead_lettered: (ref) => given.failed(ref),
  timed_out: (ref) => given.timedOut(ref),
};

const notTaken = 'not taken';

describe.each(joins.map((join) => [nameOf(join), join] as const))(
  'a child that joins by %s in a run',
  (_name, join) => {
    it.each([1, 2, 3].filter((parents) => fits(join, parents)))(
      'is queued or skipped once, however its %i parents end',
      (all) => {
        for (const fate of every([...Object.keys(fates), notTaken], all)) {
          const names = fate.map((_, index) => `p${index}`);
          const flow = given.workflow(
            {
              ...Object.fromEntries(names.map((name) => [name, []])),
              child: names.map((id, index) => (fate[index] === notTaken ? { id, when: 'false' } : id)),
              leaf: ['child'],
            },
            { child: { join }, ...Object.fromEntries(names.map((name) => [name, { retry: { failuresMax: 1 } }])) },
          );
          const refs = names.map((name) => given.taskOf(flow, name));
          const child = given.taskOf(flow, 'child');
          const partition = givenPartition(given.pinned(flow)).when(given.workflowRequested(flow));
          const facts: Fact[] = [...partition.facts];
          const run = partition.run();
          for (const [index, ref] of refs.entries()) {
            const end = fate[index] === notTaken ? 'succeeded' : fate[index]!;
            partition.when(given.dispatched(ref), fates[end]!(ref));
            expect(run.statusOf(ref.task)).toBe(end as TaskStatus);
            facts.push(...partition.facts);
          }
          const moves = facts.flatMap((fact) => (fact.fact === 'transition' && fact.task === child.task ? [fact] : []));
          const told = oracle(
            join,
            fate.map((end) => (end === notTaken ? 'skipped' : end === 'succeeded' ? 'succeeded' : 'failed')),
          );
          expect([fate, moves.map(({ to, move }) => (to === 'queued' ? 'run' : move.reason))]).toEqual([fate, [told]]);
          if (told === 'run') {
            partition.when(given.dispatched(child), given.finished(child));
            const leaf = given.taskOf(flow, 'leaf');
            partition.when(given.dispatched(leaf), given.finished(leaf));
          }
          expect([fate, run.open, run.status]).toEqual([fate, 0, told === 'upstream_failed' ? 'failed' : 'succeeded']);
        }
      },
    );
  },
);
