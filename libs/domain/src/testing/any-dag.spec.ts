import fc from 'fast-check';
import { expect, it, vi } from 'vitest';
import { chooseNext, isTerminal, type Event } from '../index.js';
import * as given from './event-builders.js';
import { givenPartition, type GivenPartition } from './given-partition.js';

/** Generous: the machine may be busy, and nothing here waits. */
vi.setConfig({ testTimeout: 60_000 });

const anyDag = fc.array(fc.uniqueArray(fc.nat(30), { maxLength: 4 }), { minLength: 1, maxLength: 25 }).map((lists) => {
  const parents = lists.map((list, index) => list.filter((parent) => parent < index).map((parent) => `t${parent}`));
  return given.workflow(Object.fromEntries(parents.map((list, index) => [`t${index}`, list])));
});

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
    default:
      return given.finished(ref, { attempt, worker });
  }
}

it('whatever happens to its attempts, a run comes to rest with all task runs terminal and in the order of its edges', () => {
  const chances = fc.infiniteStream(fc.nat(1_000_000));
  fc.assert(
    fc.property(anyDag, chances, (dag, chance) => {
      const partition = givenPartition(given.requested(dag));
      const { state } = partition;
      const run = partition.run();
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
          if (fact.fact !== 'transition' || fact.to !== 'dispatched') continue;
          const { parents, parentFrom } = run.dag;
          const above = [...parents.slice(parentFrom[fact.task], parentFrom[fact.task + 1])];
          expect(above.every((parent) => run.statusOf(parent) === 'succeeded')).toBe(true);
        }
      }
      const ends = dag.tasks.map((_, task) => run.statusOf(task));
      expect(ends.every(isTerminal)).toBe(true);
      expect(run.status).toBe(ends.every((end) => end === 'succeeded') ? 'succeeded' : 'failed');
      expect([state.ready.waiting, state.timers.nextAt(), run.inFlight.size]).toEqual([0, undefined, 0]);
    }),
    { numRuns: 150 },
  );
});
