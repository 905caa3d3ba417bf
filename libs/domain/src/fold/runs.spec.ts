import { describe, expect, it } from 'vitest';
import type { WorkflowDefinition } from '../index.js';
import * as given from '../testing/index.js';
import { ended, givenPartition, rejection, transition } from '../testing/index.js';

const diamond = given.workflow({ extract: [], clean: ['extract'], check: ['extract'], load: ['clean', 'check'] });
const [extract, clean, check, load] = ['extract', 'clean', 'check', 'load'].map((id) => given.taskOf(diamond, id)) as [
  given.TaskRef,
  given.TaskRef,
  given.TaskRef,
  given.TaskRef,
];
const { single, run1 } = given;

describe('a run', () => {
  it('begins with the tasks that have no parents', () => {
    givenPartition()
      .when(given.requested(diamond))
      .then(transition(extract, 'pending', 'queued', { attempt: 0 }));
  });

  it('fans out when a parent succeeds', () => {
    givenPartition(given.requested(diamond), given.dispatched(extract))
      .when(given.finished(extract))
      .then(
        transition(extract, 'dispatched', 'succeeded'),
        transition(clean, 'pending', 'queued'),
        transition(check, 'pending', 'queued'),
      );
  });

  it('joins only when all parents have succeeded', () => {
    givenPartition(
      given.requested(diamond),
      given.dispatched(extract),
      given.finished(extract),
      given.dispatched(clean),
      given.dispatched(check),
    )
      .when(given.finished(check))
      .then(transition(check, 'dispatched', 'succeeded'))
      .when(given.finished(clean))
      .then(transition(clean, 'dispatched', 'succeeded'), transition(load, 'pending', 'queued'));
  });

  it('keeps the results that children need, and tells the others', () => {
    const result = { rows: 3 };
    const partition = givenPartition(given.requested(diamond), given.dispatched(extract));
    partition
      .when(given.finished(extract, { outcome: { kind: 'succeeded', result } }))
      .then(
        transition(extract, 'dispatched', 'succeeded', { result }),
        transition(clean, 'pending', 'queued'),
        transition(check, 'pending', 'queued'),
      );
    expect(partition.run().results.get(extract.task)).toEqual(result);
  });

  it('succeeds with its last task run', () => {
    const all = [extract, clean, check, load];
    givenPartition(
      given.requested(diamond),
      all.slice(0, 3).flatMap((ref) => [given.dispatched(ref), given.finished(ref)]),
    )
      .when(given.dispatched(load), given.finished(load))
      .then(transition(load, 'queued', 'dispatched'), transition(load, 'dispatched', 'succeeded'), ended('succeeded'))
      .thenState(({ runs, ready }) => expect([runs.size, ready.waiting]).toEqual([0, 0]));
  });

  it('skips everything below a task run that failed, lets the others go on, and fails with the last', () => {
    givenPartition(
      given.requested(diamond),
      given.dispatched(extract),
      given.finished(extract),
      given.dispatched(clean),
      given.dispatched(check),
    )
      .when(given.failed(check, { retryable: false }))
      .then(
        transition(check, 'dispatched', 'failed'),
        transition(load, 'pending', 'skipped', { reason: 'upstream_failed' }),
      )
      .when(given.finished(clean))
      .then(transition(clean, 'dispatched', 'succeeded'), ended('failed'));
  });

  it('skips each task run once, however many of its parents fail', () => {
    givenPartition(
      given.requested(diamond),
      given.dispatched(extract),
      given.finished(extract),
      given.dispatched(clean),
      given.dispatched(check),
      given.failed(check, { retryable: false }),
    )
      .when(given.failed(clean, { retryable: false }))
      .then(transition(clean, 'dispatched', 'failed'), ended('failed'));
  });

  it('takes each task to the band that it names, else to that of the run, else to normal', () => {
    const banded = given.workflow({ a: [], b: [] }, { a: { band: 5 } });
    const other = given.runNamed(2);
    const partition = givenPartition(given.requested(banded, { band: 2 }), given.requested(banded, { run: other }));
    expect([0, 1].map((task) => partition.run().bandOf(task))).toEqual([5, 2]);
    expect([0, 1].map((task) => partition.run(other).bandOf(task))).toEqual([5, 3]);
  });

  it('of a chain of 10,000 tasks skips them all when the first fails', () => {
    const chain = given.workflow(
      Object.fromEntries(Array.from({ length: 10_000 }, (_, index) => [`t${index}`, index ? [`t${index - 1}`] : []])),
    );
    const first = given.taskOf(chain, 't0');
    const partition = givenPartition(given.requested(chain), given.dispatched(first));
    partition.when(given.failed(first, { retryable: false }));
    expect(partition.facts.filter(({ fact }) => fact === 'transition')).toHaveLength(10_000);
    expect(partition.facts.at(-1)).toEqual(ended('failed'));
  }, 30_000);
});

describe('results that others need', () => {
  const text = (bytes: number) => 'x'.repeat(bytes - 2);
  const done = (definition: WorkflowDefinition, id: string, bytes: number) => {
    const ref = given.taskOf(definition, id);
    return [given.dispatched(ref), given.finished(ref, { outcome: { kind: 'succeeded', result: text(bytes) } })];
  };

  it('live in the state up to 4 KiB, and are known by address beyond', () => {
    const flow = given.workflow({ a: [], b: [], c: ['a', 'b'] });
    const partition = givenPartition(given.requested(flow), ...done(flow, 'a', 4_096), ...done(flow, 'b', 4_097));
    const { results, farResults, resultBytes } = partition.run();
    expect([[...results.keys()], resultBytes]).toEqual([[0], 4_096]);
    expect([...farResults]).toEqual([[1, { offset: partition.state.position - 1, index: 0, bytes: 4_097 }]]);
  });

  it('live in the state only as far as all parents of a child share 128 KiB', () => {
    const names = Array.from({ length: 64 }, (_, index) => `t${index}`);
    const flow = given.workflow({ ...Object.fromEntries(names.map((name) => [name, []])), end: names, other: ['t0'] });
    const partition = givenPartition(given.requested(flow), ...done(flow, 't0', 2_048), ...done(flow, 't1', 2_049));
    const { results, farResults } = partition.run();
    expect([[...results.keys()], [...farResults.keys()]]).toEqual([[0], [1]]);
  });

  it('of one run take at most 16 MiB of the state', () => {
    const names = Array.from({ length: 4_100 }, (_, index) => `t${index}`);
    const ends = Map.groupBy(names, (_name, at) => `end${at >> 5}`);
    const flow = given.workflow({
      ...Object.fromEntries(names.map((name) => [name, []])),
      ...Object.fromEntries(ends),
    });
    const partition = givenPartition(given.requested(flow), ...names.flatMap((name) => done(flow, name, 4_096)));
    const { results, farResults, resultBytes } = partition.run();
    expect([results.size, farResults.size, resultBytes]).toEqual([4_096, 4, 16 * 1024 * 1024]);
  });
});

describe('a run is refused', () => {
  it('whose workflow is not pinned', () => {
    givenPartition().when(given.workflowRequested(diamond)).then(rejection('workflow-unknown'));
  });
  it('that lives already', () => {
    givenPartition(given.singleRequested()).when(given.singleRequested()).then(rejection('run-known'));
  });
  it('whose id belongs to another partition', () => {
    const run = `0001${run1.slice(4)}`;
    givenPartition().when(given.singleRequested({}, { run })).then(rejection('run-elsewhere'));
  });
});

describe('a cancel', () => {
  it('ends everything that is open at once, in flight or not, and the run with it', () => {
    givenPartition(
      given.requested(diamond),
      given.dispatched(extract),
      given.finished(extract),
      given.dispatched(clean),
      given.started(clean),
    )
      .when(given.cancelled({ reason: 'asked' }))
      .then(
        transition(clean, 'running', 'cancelled', { reason: 'asked', worker: given.w1, attempt: 1 }),
        transition(check, 'queued', 'cancelled'),
        transition(load, 'pending', 'cancelled'),
        ended('cancelled', { reason: 'asked' }),
      )
      .thenState(({ workers, ready }) => expect([workers.get(given.w1)?.inFlight.size, ready.waiting]).toEqual([0, 0]))
      .when(given.finished(clean), given.cancelled())
      .then(rejection('run-unknown'), rejection('run-unknown'));
  });

  it('ends what was dispatched and not started', () => {
    givenPartition(given.singleRequested(), given.dispatched(single))
      .when(given.cancelled())
      .then(
        transition(single, 'dispatched', 'cancelled', { reason: 'cancel-requested' }),
        ended('cancelled', { reason: 'cancel-requested' }),
      );
  });

  it('ends what backs off', () => {
    givenPartition(given.singleRequested(), given.dispatched(single), given.failed(single))
      .when(given.cancelled())
      .then(transition(single, 'backing_off', 'cancelled'), ended('cancelled', { reason: 'cancel-requested' }))
      .thenState(({ timers }) => expect(timers.nextAt()).toBeUndefined());
  });

  it('says cancelled also of a run in which something had failed', () => {
    const wide = given.workflow({ a: [], b: [] });
    givenPartition(given.requested(wide), given.dispatched(given.taskOf(wide, 'a')))
      .when(given.failed(given.taskOf(wide, 'a'), { retryable: false }), given.cancelled())
      .then(
        transition(given.taskOf(wide, 'a'), 'dispatched', 'failed'),
        transition(given.taskOf(wide, 'b'), 'queued', 'cancelled'),
        ended('cancelled', { reason: 'cancel-requested' }),
      );
  });
});

describe('a report or a dispatch is refused', () => {
  const partition = () => givenPartition(given.requested(diamond));
  it('for a run or a task run that is not there', () => {
    partition()
      .when(
        given.dispatched({ run: given.runNamed(9), task: 0 }),
        given.dispatched({ run: run1, task: 4 }),
        given.started({ run: given.runNamed(9), task: 0 }),
        given.finished({ run: run1, task: 99 }),
        given.returned({ run: run1, task: 99 }),
        given.recalled({ run: run1, task: 99 }),
      )
      .then(
        ...(
          ['run-unknown', 'task-unknown', 'run-unknown', 'task-unknown', 'task-unknown', 'task-unknown'] as const
        ).map((reason) => rejection(reason)),
      );
  });
  it('for an attempt that is not in flight', () => {
    partition()
      .when(given.started(extract), given.finished(extract), given.returned(extract, { attempt: 2 }))
      .then(rejection('attempt-over'), rejection('attempt-over'), rejection('attempt-over'));
  });
  it('unless the task run is queued, the number the next and the worker known', () => {
    partition()
      .when(
        given.dispatched(load),
        given.dispatched(extract, { attempt: 2 }),
        given.dispatched(extract, { worker: 'nobody' }),
      )
      .then(rejection('not-queued'), rejection('attempt-not-next'), rejection('worker-unknown'));
  });
  it('entry by entry, each by what those before it left', () => {
    const entry = { ...extract, attempt: 1, worker: given.w1, to: 0 };
    partition()
      .when(given.dispatchedAll([{ ...entry, task: 9 }, entry, entry]))
      .then(rejection('task-unknown', 0), transition(extract, 'queued', 'dispatched'), rejection('not-queued', 2));
  });
});

describe('a workflow version', () => {
  it('is in force when its last part arrives, in any order of parts', () => {
    const [one, two, three] = given.pinnedInParts(diamond, 3);
    const partition = givenPartition().when(three!, one!, given.workflowRequested(diamond), two!);
    partition.then(rejection('workflow-unknown'));
    expect(partition.facts.filter(({ fact }) => fact === 'pinned')).toHaveLength(1);
  });
  it('is pinned once, and so is each of its parts', () => {
    const [one, two] = given.pinnedInParts(diamond, 2);
    givenPartition()
      .when(one!, one!, two!, two!, given.pinned(diamond))
      .then(rejection('already-pinned'), rejection('already-pinned'), rejection('already-pinned'));
  });
  it('takes no part outside its count, and no count beyond the bound', () => {
    const [one] = given.pinnedInParts(diamond, 2);
    givenPartition(one!)
      .when({ ...one!, part: 2 }, { ...one!, of: 100_000 })
      .then(rejection('part-out-of-range'), rejection('part-out-of-range'));
  });
  it('begins anew with a part that counts the parts otherwise', () => {
    const [stray] = given.pinnedInParts(diamond, 3);
    const [one, two] = given.pinnedInParts(diamond, 2);
    const partition = givenPartition(stray!).when(one!, two!);
    expect(partition.facts.filter(({ fact }) => fact === 'pinned')).toHaveLength(1);
  });
  it('that is not complete is forgotten for the thirty-third', () => {
    const [part] = given.pinnedInParts(diamond, 2);
    const others = Array.from({ length: 33 }, (_, index) => ({
      ...part!,
      version: index.toString(16).padStart(64, '0'),
    }));
    givenPartition(part!, ...others).thenState(({ pinning }) => {
      expect(pinning.size).toBe(32);
      expect(pinning.has(part!.version)).toBe(false);
    });
  });
  it('whose hash does not fit is unsound, and in parts it is forgotten', () => {
    const [one, two] = given.pinnedInParts(diamond, 2);
    givenPartition()
      .when(given.pinned(diamond, { body: '{}' }), one!, { ...two!, body: 'other' })
      .then(rejection('workflow-unsound'))
      .thenState(({ pinning, workflows }) => expect([pinning.size, workflows.size]).toEqual([0, 0]))
      .when(one!, two!, given.workflowRequested(diamond))
      .then(transition(extract, 'pending', 'queued'));
  });
  it('that is no valid workflow is unsound although its hash fits', () => {
    givenPartition()
      .when(given.pinned({ name: 'test', tasks: [] }))
      .then(rejection('workflow-unsound'));
  });
});
