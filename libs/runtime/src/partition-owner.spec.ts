import {
  born,
  cancelled,
  claimed,
  dispatched,
  requested,
  run1,
  runNamed,
  single,
  singleRequested,
  started,
  w1,
  workersSeen,
  workflow,
  finished,
  taskOf,
} from '@millrace/domain/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import { unpackFarParents, type Delivery } from '@millrace/protocol';
import type { PartitionOwner } from './partition-owner.js';
import { LogUnavailable } from './ports.js';
import { GivenOwner, topics } from './testing/dispatch-given-owner.js';
import { framesOf } from './testing/fold-whole-log.js';

let given: GivenOwner;

beforeEach(async () => {
  given = await new GivenOwner().begun();
});

/** An owner whose claim was accepted. */
async function owning(): Promise<PartitionOwner> {
  const owner = given.owner();
  await given.read(owner);
  expect(owner.phase).toBe('owning');
  return owner;
}

/** An owner that has dispatched attempt 1 of `single` to `w1`, just now. */
async function havingDispatched(): Promise<PartitionOwner> {
  const owner = await owning();
  given.hears({});
  await given.written(singleRequested());
  await given.pass(owner, 300);
  expect(given.published).toHaveLength(1);
  return owner;
}

const attemptsIn = (marked: boolean) =>
  given.published
    .filter(({ again }) => (again ?? false) === marked)
    .flatMap(({ tasks }) => tasks.map(({ attempt }) => attempt));
const eventsOf = (type: string) =>
  framesOf(given.log, topics.log, 0).flatMap(({ items }) => items.filter((item) => item.type === type));

describe('PartitionOwner', () => {
  it('claims after recovery, decides, and publishes what was accepted un-marked', async () => {
    const owner = await havingDispatched();
    expect(owner.state.epoch).toBe(1);
    expect(given.published[0]).toMatchObject({ v: 1, epoch: 1, tasks: [{ run: run1, attempt: 1, handler: 'work' }] });
    expect(given.published[0]!.again).toBeUndefined();
    const decision = given.log.partition(topics.log, 0).records.find(({ value }) => /TasksDisp/.test(String(value)));
    expect(given.published[0]!.decidedAt).toBe(decision!.at);
  });

  it('does not claim a partition that has no birth', async () => {
    const unborn = new GivenOwner();
    const owner = unborn.owner();
    await unborn.read(owner);
    expect(owner.phase).toBe('recovering');
    await unborn.written(born({ partitions: 1 }));
    await unborn.read(owner);
    expect(owner.phase).toBe('owning');
  });

  it('publishes nothing of another owner whose claim and decision came in one read', async () => {
    const owner = await owning();
    await given.written(claimed({ epoch: 2, nonce: 'other' }));
    await given.written({ ...workersSeen({}), epoch: 2 }, singleRequested(), dispatched(single, { epoch: 2 }));
    await given.read(owner);
    expect(owner.phase).toBe('following');
    expect(given.published).toEqual([]);
  });

  it('stops deciding when another epoch is in force', async () => {
    const owner = await owning();
    given.hears({});
    await given.written(claimed({ epoch: 2, nonce: 'other' }), singleRequested());
    await given.pass(owner, 3_000);
    expect(owner.phase).toBe('following');
    expect(eventsOf('TasksDispatched')).toEqual([]);
    expect(owner.owned).toBeUndefined();
  });

  it('claims the next epoch when its caller knows that the epoch in force is silent', async () => {
    const owner = await owning();
    await given.written(claimed({ epoch: 2, nonce: 'other' }));
    await given.read(owner);
    owner.claimAgain(10_000);
    await given.pass(owner, 500);
    expect(owner.phase).toBe('following');
    await given.pass(owner, 10_000);
    owner.claimAgain(10_000);
    await given.pass(owner, 500);
    expect(owner.phase).toBe('owning');
    expect(owner.state.epoch).toBe(3);
  });

  it('leaves a partition to its new owner when a decision of the old epoch is given up', async () => {
    const owner = await owning();
    given.hears({});
    given.log.nextAppends(
      Array.from({ length: 400 }, () => 'lost' as const),
      topics.log,
    );
    await given.clock.run(200, 100);
    owner.decide();
    await given.clock.run(1_000, 100);
    given.log.partition(topics.log, 0);
    const { records } = given.log.partition(topics.log, 0);
    const other = new GivenOwner();
    await other.begun();
    await other.written(claimed({ epoch: 2, nonce: 'other' }));
    const record = { ...other.log.partition(topics.log, 0).records[1]!, offset: records.length };
    owner.take({ topic: topics.log, partition: 0, records: [record], endOffset: record.offset + 1 });
    expect(owner.phase).toBe('following');
    await given.clock.run(620_000, 1_000);
    expect(owner.phase).toBe('following');
  });

  it('claims again before it decides when a decision was given up', async () => {
    const owner = await owning();
    given.hears({});
    await given.written(singleRequested());
    given.log.stop();
    await given.clock.run(605_000, 1_000);
    expect(owner.phase).toBe('owning');
    owner.decide();
    await given.clock.run(605_000, 1_000);
    given.log.restart();
    await given.clock.run(3_000, 500);
    await given.pass(owner, 3_000);
    expect(eventsOf('PartitionClaimed').map((item) => item.type === 'PartitionClaimed' && item.epoch)).toEqual([1, 2]);
    expect(eventsOf('TasksDispatched').map((item) => item.type === 'TasksDispatched' && item.epoch)).toEqual([2]);
    expect(owner.state.epoch).toBe(2);
  });

  it('lets what runs go on when it takes a partition over', async () => {
    await given.written(claimed({ nonce: 'before' }), workersSeen({}), singleRequested(), dispatched(single));
    await given.written(started(single));
    for (let beats = 0; beats < 30; beats++) {
      given.clock.advance(2_000);
      given.hears({});
    }
    const owner = await owning();
    for (let beats = 0; beats < 10; beats++) {
      const entry = { run: run1, task: 0, attempt: 1, epoch: 1, state: 'running' } as const;
      await given.pass(owner, 2_000);
      given.hears({ deliveries: [entry] }, owner);
    }
    expect(eventsOf('TasksRecalled')).toEqual([]);
    expect(owner.state.runs.get(run1)!.statusOf(0)).toBe('running');
    expect(given.published).toEqual([]);
  });

  it('publishes again, marked, what its predecessor left dispatched and nobody lists', async () => {
    await given.written(claimed({ nonce: 'before' }), workersSeen({}), singleRequested(), dispatched(single));
    given.hears({});
    const owner = await owning();
    for (let beats = 0; beats < 3; beats++) {
      await given.pass(owner, 2_000);
      given.hears({}, owner);
    }
    expect(attemptsIn(true)).toEqual([1]);
    expect(attemptsIn(false)).toEqual([]);
    expect(given.published[0]!.epoch).toBe(2);
  });

  it.each([
    ['that was requested long before it claimed, from the log', false],
    ['that it has just folded', true],
  ])('gives a task an input of more than 256 bytes %s', async (_, isHeard) => {
    const input = ['far'.repeat(100), 1];
    const request = singleRequested({}, { input });
    await given.written(claimed({ nonce: 'before' }), workersSeen({}), singleRequested({}, { run: runNamed(2) }));
    if (!isHeard) await given.written(cancelled({ run: runNamed(3) }), request);
    given.hears({});
    const owner = await owning();
    if (isHeard) await given.written(request);
    await given.pass(owner, 500);
    expect(owner.state.runs.get(run1)).toMatchObject({ input: undefined, inputAt: { index: isHeard ? 0 : 1 } });
    const sent = given.published.flatMap(({ tasks }) => tasks as Delivery[]).filter(({ run }) => run === run1);
    expect(sent.map((delivery) => delivery.input)).toEqual([input]);
    expect(attemptsIn(true)).toEqual([]);
  });

  it('publishes again, marked, what it could not read the input of', async () => {
    await given.written(claimed({ nonce: 'before' }), workersSeen({}));
    await given.written(singleRequested({}, { input: 'far'.repeat(100) }));
    given.hears({});
    const owner = given.owner();
    given.itemsFault = new LogUnavailable('Expected an answer, but none came.');
    await given.read(owner);
    await given.pass(owner, 1_000);
    expect(given.published).toEqual([]);
    given.itemsFault = undefined;
    given.hears({}, owner);
    await given.pass(owner, 4_000);
    expect(attemptsIn(true)).toEqual([1]);
  });

  it('publishes nothing again that a living worker lists after the take-over', async () => {
    await given.written(claimed({ nonce: 'before' }), workersSeen({}), singleRequested(), dispatched(single));
    given.hears({});
    const owner = await owning();
    for (let beats = 0; beats < 30; beats++) {
      const entry = { run: run1, task: 0, attempt: 1, epoch: 1, state: 'held' } as const;
      given.hears({ deliveries: [entry] }, owner);
      await given.pass(owner, 2_000, 500);
    }
    expect(given.published).toEqual([]);
  });

  it('does not recall what was started although its publish went unacknowledged', async () => {
    const owner = await owning();
    given.hears({});
    await given.written(singleRequested());
    given.log.nextAppends(['unacknowledged'], topics.tasks('default', 'normal'));
    await given.pass(owner, 300);
    await given.written(started(single));
    await given.pass(owner, 1_000);
    for (let beats = 0; beats < 6; beats++) {
      const entry = { run: run1, task: 0, attempt: 1, epoch: 1, state: 'running' } as const;
      await given.pass(owner, 2_000);
      given.hears({ deliveries: [entry] }, owner);
    }
    expect(eventsOf('TasksRecalled')).toEqual([]);
    expect(attemptsIn(true)).toEqual([]);
  });

  it('ends what its worker lists as running well over its start-to-close, and tells it to stop', async () => {
    const owner = await owning();
    given.hears({});
    await given.written(singleRequested({ startToCloseMs: 20_000, retry: { failuresMax: 1 } }));
    await given.pass(owner, 300);
    const listed = async (runningMs: number) => {
      const entry = { run: run1, task: 0, attempt: 1, epoch: 1, state: 'running', runningMs } as const;
      given.hears({ deliveries: [entry] }, owner);
      await given.pass(owner, 300);
    };
    await listed(24_999);
    expect(eventsOf('AttemptsOverran')).toEqual([]);
    await listed(25_000);
    expect(eventsOf('AttemptsOverran')).toHaveLength(1);
    expect(owner.state.runs.size).toBe(0);
    expect(given.told).toContainEqual(expect.objectContaining({ kind: 'stop', run: run1, reason: 'timed-out' }));
    await listed(26_000);
    expect(eventsOf('AttemptsOverran')).toHaveLength(1);
  });

  it('logs the start of what a blocked worker lists as running for five seconds, once, and refuses later claims', async () => {
    const owner = await havingDispatched();
    const listed = async (runningMs: number) => {
      const entry = { run: run1, task: 0, attempt: 1, epoch: 1, state: 'running', runningMs, blocks: true } as const;
      given.hears({ deliveries: [entry], blockedMs: runningMs }, owner);
      await given.pass(owner, 300);
    };
    await listed(4_999);
    expect(eventsOf('StartsSeen')).toEqual([]);
    await listed(5_000);
    await listed(7_000);
    expect(eventsOf('StartsSeen')).toHaveLength(1);
    await given.written(started(single, { worker: 'worker-2', nonce: 'n' }));
    await given.pass(owner, 300);
    expect(owner.state.runs.get(run1)!.inFlight.get(0)).toMatchObject({ worker: w1, claim: undefined });
  });

  it('takes back what another handler has blocked until after its start-to-close, and burns no retry', async () => {
    const owner = await owning();
    given.hears({});
    await given.written(...[1, 2].map((n) => singleRequested({ startToCloseMs: 20_000 }, { run: runNamed(n) })));
    await given.pass(owner, 300);
    const entry = { task: 0, attempt: 1, epoch: 1, state: 'running', runningMs: 26_000 } as const;
    const deliveries = [
      { ...entry, run: runNamed(1) },
      { ...entry, run: runNamed(2), blocks: true as const },
    ];
    given.hears({ deliveries, blockedMs: 26_000, credits: [0] }, owner);
    await given.pass(owner, 300);
    const [other, blocking] = [1, 2].map((n) => owner.state.runs.get(runNamed(n))!);
    expect([other!.failuresOf(0), other!.statusOf(0)]).toEqual([0, 'queued']);
    expect([blocking!.failuresOf(0), eventsOf('AttemptsOverran').length]).toEqual([1, 1]);
  });

  it('recalls what was started and what its worker has not listed for a session', async () => {
    const owner = await havingDispatched();
    await given.written(started(single));
    for (let beats = 0; beats < 7; beats++) {
      await given.pass(owner, 2_000);
      given.hears({}, owner);
    }
    expect(eventsOf('TasksRecalled')).toHaveLength(1);
    expect(attemptsIn(false)).toEqual([1, 2]);
  });

  it('does not count it as listed when another worker than the one that started it lists it', async () => {
    const owner = await havingDispatched();
    await given.written(started(single, { nonce: 'claim' }));
    for (let beats = 0; beats < 7; beats++) {
      await given.pass(owner, 2_000);
      const entry = { run: run1, task: 0, attempt: 1, epoch: 1, state: 'held' } as const;
      given.hears({}, owner);
      given.hears({ id: 'other', handlers: [], deliveries: [entry] }, owner);
    }
    expect(eventsOf('TasksRecalled')).toHaveLength(1);
  });

  it('publishes again after 30 s what nobody started or lists, with the same attempt', async () => {
    const owner = await havingDispatched();
    for (let beats = 0; beats < 14; beats++) {
      await given.pass(owner, 2_000);
      given.hears({}, owner);
    }
    expect(attemptsIn(true)).toEqual([]);
    for (let beats = 0; beats < 2; beats++) {
      await given.pass(owner, 2_000);
      given.hears({}, owner);
    }
    expect(attemptsIn(true)).toEqual([1]);
    expect(attemptsIn(false)).toEqual([1]);
  });

  it('marks as again what it learns to be accepted only later than 2 s after it wrote the decision', async () => {
    const owner = await owning();
    given.hears({});
    await given.pass(owner, 300);
    await given.written(singleRequested());
    given.log.nextAppends(['unacknowledged', 'lost', 'lost', 'lost'], topics.log);
    await given.read(owner);
    await given.clock.run(5_000, 100);
    await given.pass(owner, 1_900);
    expect(given.published).toEqual([]);
    await given.pass(owner, 1_000);
    expect(attemptsIn(false)).toEqual([]);
    expect(attemptsIn(true)).toEqual([1]);
  });

  it('decides nothing new while a decision is on its way', async () => {
    const owner = await owning();
    given.hears({});
    await given.pass(owner, 300);
    const release = given.log.holdAnswers();
    void given.written(singleRequested());
    await given.pass(owner, 300);
    void given.written(singleRequested({}, { run: runNamed(2) }));
    await given.pass(owner, 300);
    expect(eventsOf('TasksDispatched')).toHaveLength(1);
    release();
    await given.pass(owner, 300);
    expect(eventsOf('TasksDispatched')).toHaveLength(2);
  });

  it('tells the worker at once to stop what is cancelled', async () => {
    const owner = await havingDispatched();
    await given.written(cancelled());
    await given.read(owner);
    expect(given.told).toContainEqual({
      ...{ v: 1, kind: 'stop', to: w1, run: run1, task: 0, attempt: 1, reason: 'cancelled' },
    });
  });

  it('answers claims from state: the first holds, a repeated one holds again, a later one does not', async () => {
    const owner = await havingDispatched();
    await given.written(started(single, { nonce: 'a' }));
    await given.written(started(single, { nonce: 'b', worker: 'worker-2' }));
    await given.written(started(single, { nonce: 'a' }));
    await given.read(owner);
    const verdicts = given.told.flatMap((message) => (message.kind === 'verdict' ? [message] : []));
    expect(verdicts.map(({ nonce, holds }) => [nonce, holds]).sort()).toEqual([
      ['a', true],
      ['a', true],
      ['b', false],
    ]);
  });

  it('gives children the results of their parents', async () => {
    const owner = await owning();
    const definition = workflow({ a: [], b: [], c: ['a', 'b'] });
    given.hears({});
    await given.written(...requested(definition));
    await given.pass(owner, 300);
    await given.written(
      finished(taskOf(definition, 'a'), { outcome: { kind: 'succeeded', result: { rows: 3 } } }),
      finished(taskOf(definition, 'b')),
    );
    await given.pass(owner, 300);
    expect(given.published.flatMap(({ tasks }) => tasks).at(-1)).toMatchObject({
      id: 'c',
      parents: { a: { rows: 3 } },
    });
  });

  it.each([
    ['at once', false],
    ['after a take-over, from the log', true],
  ])('gives children results of more than 4 KiB %s', async (_, isTakenOver) => {
    const owner = await owning();
    const definition = workflow({ a: [], b: [], c: ['a', 'b'] });
    const results = { a: 'a'.repeat(100_000), b: ['b'.repeat(5_000)] };
    given.hears({});
    await given.written(...requested(definition));
    await given.pass(owner, 300);
    if (isTakenOver) owner.stop();
    await given.written(
      finished(taskOf(definition, 'a'), { outcome: { kind: 'succeeded', result: results.a } }),
      finished(taskOf(definition, 'b'), { outcome: { kind: 'succeeded', result: results.b } }),
    );
    const next = isTakenOver ? await owning() : owner;
    await given.pass(next, 500);
    expect([next.state.runs.get(run1)!.results.size, next.state.runs.get(run1)!.farResults.size]).toEqual([0, 2]);
    expect(given.published.flatMap(({ tasks }) => tasks).at(-1)).toMatchObject({ id: 'c', parents: results });
  });

  it('tells the worker of a child where the results of its parents stand that have more than 128 KiB together', async () => {
    const owner = await owning();
    const definition = workflow({ a: [], b: [], c: ['a', 'b'] });
    given.hears({});
    await given.written(...requested(definition));
    await given.pass(owner, 300);
    const outcome = { kind: 'succeeded', result: 'x'.repeat(70_000) } as const;
    const offset = owner.state.position;
    await given.written(...['a', 'b'].map((id) => finished(taskOf(definition, id), { outcome })));
    await given.pass(owner, 500);
    const { parents, farParents } = given.published.flatMap(({ tasks }) => tasks).at(-1)!;
    const at = { offset: expect.any(Number), bytes: 70_002 };
    const [a, b] = unpackFarParents(farParents!);
    expect([a, b]).toEqual([{ id: 'a', task: 0, index: expect.any(Number), ...at }, { id: 'b', task: 1, index: expect.any(Number), ...at }]); // prettier-ignore
    expect(a!.offset).toBeGreaterThanOrEqual(offset);
    expect(parents).toEqual({});
    expect(eventsOf('TasksRecalled')).toEqual([]);
  });
});
