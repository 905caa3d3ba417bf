import fc from 'fast-check';
import { expect, it, vi } from 'vitest';
import { chooseNext, isTerminal, plainJoinRules, type Event, type Join, type TaskStatus } from '../index.js';
import * as given from './event-builders.js';
import { givenPartition, type GivenPartition } from './given-partition.js';

/** Generous: the machine may be busy, and nothing here waits. */
vi.setConfig({ testTimeout: 60_000 });

const anyNode = fc.record({
  above: fc.uniqueArray(fc.nat(30), { maxLength: 4 }),
  rule: fc.nat(9),
  n: fc.nat(3),
  /** Which of the edges to it have a condition, as bits. */
  branches: fc.nat(15),
});
/** Half of the nodes join by `all_success`, the others by any rule that their parents allow. */
const anyDag = fc.array(anyNode, { minLength: 1, maxLength: 25 }).map((nodes) => {
  const parents = nodes.map(({ above }, index) => above.filter((parent) => parent < index));
  const joins = nodes.map(({ rule, n }, index): Join | undefined => {
    const count = parents[index]!.length;
    if (rule === 0 && count > 0) return { rule: 'n_of_m', n: 1 + (n % count) };
    return count > 0 ? plainJoinRules[rule] : undefined;
  });
  return given.workflow(
    Object.fromEntries(
      parents.map((list, index) => [
        `t${index}`,
        list.map((parent, place) =>
          (nodes[index]!.branches >> place) & 1 ? { id: `t${parent}`, when: 'true' } : `t${parent}`,
        ),
      ]),
    ),
    Object.fromEntries(
      nodes.map(({ n, rule }, index) => [
        `t${index}`,
        {
          ...(joins[index] !== undefined && { join: joins[index] }),
          ...(n === 2 && { scheduleToStartMs: 200 * (1 + rule) }),
          ...(rule === 9 && { delayMs: 100 * n }),
          ...(n === 3 && { scheduleToCloseMs: 300 * (1 + rule) }),
        },
      ]),
    ),
  );
});

type Stand = TaskStatus | 'branch';

/** May a task run with these ends of its parents be dispatched? By the words of the design. */
function mayRun(join: Join, above: readonly Stand[]): boolean {
  const successes = above.filter((status) => status === 'succeeded').length;
  if (typeof join === 'object') return successes >= join.n;
  if (join === 'always') return true;
  if (join === 'one_success') return successes > 0;
  if (join === 'all_done') return above.every((status) => status === 'branch' || isTerminal(status));
  if (join === 'none_failed') return above.every((status) => status === 'succeeded' || status === 'branch');
  return successes === above.length;
}

/** What may happen to an attempt in flight; each by the worker that holds it. */
function happens(partition: GivenPartition, chance: number): Event {
  const flying = [...partition.run().inFlight.values()];
  const { task, number: attempt, worker, startedAt } = flying[chance % flying.length]!;
  const ref = { run: given.run1, task };
  switch (chance % 11) {
    case 0:
      return given.failed(ref, { attempt, worker, chance });
    case 1:
      return given.timedOut(ref, { attempt, worker });
    case 2:
      return given.failed(ref, { attempt, worker, retryable: false });
    case 3:
      return given.returned(ref, { attempt, worker });
    case 4:
      return given.workerLost({ worker });
    case 5:
      return startedAt === undefined ? given.started(ref, { attempt, worker }) : given.recalled(ref, { attempt });
    default: {
      const taken = partition.run().dag.tasks.flatMap((_, child) => ((chance >> (child % 16)) & 1 ? [child] : []));
      return given.finished(ref, { attempt, worker, outcome: { kind: 'succeeded', taken } });
    }
  }
}

it('whatever happens to its attempts, a run comes to rest with all task runs terminal and as its joins say', () => {
  const chances = fc.infiniteStream(fc.nat(1_000_000));
  fc.assert(
    fc.property(anyDag, chances, (dag, chance) => {
      const partition = givenPartition(given.requested(dag));
      const { state } = partition;
      const run = partition.run();
      const branched = new Set<number>();
      const taken = new Map<number, readonly number[]>();
      /** How a parent stands, seen from one of its children. */
      const standOf = (parent: number, child: number): Stand => {
        const isCondition = dag.tasks[child]!.dependsOn!.some(
          (ref) => typeof ref === 'object' && ref.id === `t${parent}`,
        );
        const status = run.statusOf(parent);
        if (status === 'succeeded' && isCondition && !taken.get(parent)!.includes(child)) return 'branch';
        return branched.has(parent) ? 'branch' : status;
      };
      let workers = 1;
      let steps = 0;
      while (state.runs.size > 0) {
        expect((steps += 1)).toBeLessThan(10_000);
        const drawn = chance.next().value;
        const choice = chooseNext(state, 1 + (drawn % 4));
        const event =
          choice !== undefined && drawn % 3 > 0 ? choice : run.inFlight.size > 0 ? happens(partition, drawn) : choice;
        partition.after(drawn % 1_000).when(event ?? given.timersFired());
        if (event?.type === 'WorkerLost') partition.when(given.workersSeen({ worker: `worker-${(workers += 1)}` }));
        for (const fact of partition.facts) {
          if (fact.fact !== 'transition') continue;
          if (fact.move.reason === 'branch') branched.add(fact.task);
          if (fact.to === 'succeeded' && event?.type === 'TaskFinished' && event.outcome.kind === 'succeeded') {
            taken.set(fact.task, event.outcome.taken!);
          }
          if (fact.to !== 'dispatched') continue;
          const { parents, parentFrom } = run.dag;
          const above = [...parents.slice(parentFrom[fact.task], parentFrom[fact.task + 1])];
          const stand = above.map((parent) => standOf(parent, fact.task));
          expect([stand, mayRun(run.task(fact.task).join, stand)]).toEqual([stand, true]);
        }
      }
      const ends = dag.tasks.map((_, task) => run.statusOf(task));
      expect(ends.every(isTerminal)).toBe(true);
      const leaves = ends.flatMap((_, task) => (run.dag.childFrom[task] === run.dag.childFrom[task + 1] ? [task] : []));
      const isWell = (task: number): boolean => ends[task] === 'succeeded' || branched.has(task);
      expect(run.status).toBe(leaves.every(isWell) ? 'succeeded' : 'failed');
      expect([...(run.columns?.waitsFor ?? [])].every((count) => count === 0)).toBe(true);
      expect([state.ready.waiting, state.timers.nextAt(), run.inFlight.size]).toEqual([0, undefined, 0]);
    }),
    { numRuns: 150 },
  );
});
