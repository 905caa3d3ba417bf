import { cancelled, requested, singleRequested, workflow } from '@millrace/domain/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import { GapFault } from './partition-fold.js';
import { FaultyWriter } from './testing/dispatch-faulty-writer.js';
import { topics } from './testing/dispatch-given-owner.js';
import { atOnce, DispatchSystem, succeeded } from './testing/dispatch-system.js';
import { keyOf, type Perform } from './testing/dispatch-test-worker.js';

let system: DispatchSystem;
const never: Perform = () => 'never';
const lasting =
  (afterMs: number): Perform =>
  () => ({ afterMs, outcome: succeeded });

beforeEach(async () => {
  system = await new DispatchSystem().begun();
});

const single = (more: Parameters<typeof singleRequested>[0] = {}, run = system.runId()) => {
  system.request(0, singleRequested(more, { run }));
  return run;
};

describe('DispatchLoop', () => {
  it('runs a single task to its end', async () => {
    await system.dispatcher();
    const worker = system.worker();
    await system.pass(3_000);
    const run = single();
    await system.ended();
    expect(worker.begun).toEqual([{ key: `${run}/0/1`, by: 'w1', claimed: false }]);
    expect(system.violations()).toEqual([]);
  });

  it('runs a workflow in the order of its edges, and gives children the results of their parents', async () => {
    await system.dispatcher();
    const order: string[] = [];
    const given: unknown[] = [];
    system.worker((delivery) => {
      order.push(delivery.id);
      if (delivery.id === 'join') given.push(delivery.parents);
      return { afterMs: 30, outcome: { kind: 'succeeded', result: delivery.id } };
    });
    const definition = workflow({ start: [], left: ['start'], right: ['start'], join: ['left', 'right'] });
    system.request(0, ...requested(definition, { run: system.runId() }));
    await system.ended();
    expect([order[0], order[3]]).toEqual(['start', 'join']);
    expect(given).toEqual([{ left: 'left', right: 'right' }]);
    expect(system.violations()).toEqual([]);
  });

  it('runs a claim-first task only after its claim was told to hold', async () => {
    await system.dispatcher();
    const worker = system.worker();
    const run = single({ claimFirst: true });
    await system.ended();
    expect(worker.begun).toEqual([{ key: `${run}/0/1`, by: 'w1', claimed: true }]);
    expect(worker.told).toContainEqual(expect.objectContaining({ kind: 'verdict', run, holds: true }));
  });

  it('tries a failed task again when its back-off is over', async () => {
    await system.dispatcher();
    const boom = { name: 'Error', message: 'boom' };
    const worker = system.worker(({ attempt }) => ({
      afterMs: 10,
      outcome: attempt < 3 ? { kind: 'failed', error: boom, retryable: true, chance: 1_000_000 } : succeeded,
    }));
    single({ retry: { failuresMax: 3, delayMs: 4_000 } });
    await system.until('a first attempt', () => worker.begun.length === 1);
    await system.pass(3_900);
    expect(worker.begun).toHaveLength(1);
    await system.ended();
    expect(worker.begun).toHaveLength(3);
    expect(system.violations()).toEqual([]);
  });

  it('dispatches again what a silent worker had, with the next attempt', async () => {
    await system.dispatcher();
    const first = system.worker(lasting(5_000), { holds: [0, 1] });
    system.worker(atOnce, { holds: [2, 3], handlers: [] });
    single();
    await system.until('a start', () => first.begun.length === 1);
    first.die();
    const second = system.worker(atOnce, { holds: [0, 1] });
    await system.ended();
    expect(system.events('WorkerLost').map(({ worker }) => worker)).toEqual(['w1']);
    expect(second.begun.map(({ key }) => key.at(-1))).toEqual(['2']);
    expect(system.violations()).toEqual([]);
  });

  it('tells a worker that was lost all the same when it comes back', async () => {
    await system.dispatcher();
    const worker = system.worker(never, { holds: [0, 1] });
    system.worker(atOnce, { holds: [2, 3], handlers: [] });
    single();
    await system.until('a start', () => worker.begun.length === 1);
    system.request(0, { type: 'WorkerLost', epoch: 1, worker: 'w1' });
    await system.pass(4_000);
    expect(worker.told).toContainEqual({ v: 1, kind: 'lost', to: 'w1', partition: 0 });
  });

  it('recalls what a living worker started and has forgotten', async () => {
    await system.dispatcher();
    let forgets = true;
    const worker = system.worker(() => (forgets ? 'never' : { afterMs: 10, outcome: succeeded }));
    single();
    await system.until('a logged start', () => system.events('TaskStarted').length === 1);
    forgets = false;
    worker.held.clear();
    await system.ended();
    expect(system.events('TasksRecalled')).toHaveLength(1);
    expect(worker.begun.map(({ key }) => key.at(-1))).toEqual(['1', '2']);
  });

  it('publishes again what nobody started or lists for 30 s', async () => {
    await system.dispatcher();
    let forgets = true;
    const worker = system.worker(() => (forgets ? 'forget' : { afterMs: 10, outcome: succeeded }));
    const run = single();
    await system.until('a start', () => worker.begun.length === 1);
    forgets = false;
    await system.pass(29_000);
    expect(worker.begun).toHaveLength(1);
    await system.ended();
    expect(worker.begun[1]).toEqual({ key: `${run}/0/1`, by: 'w1', claimed: true });
    expect(system.violations()).toEqual([]);
  });

  it('dispatches at once what a worker hands back', async () => {
    await system.dispatcher();
    const worker = system.worker(({ attempt }) => (attempt === 1 ? 'return' : { afterMs: 10, outcome: succeeded }));
    single();
    await system.ended('the run to end soon', 5_000);
    expect(worker.begun.map(({ key }) => key.at(-1))).toEqual(['1', '2']);
  });

  it('tells the worker to stop what has timed out while it has it', async () => {
    await system.dispatcher();
    const worker = system.worker(never);
    const run = single({ scheduleToCloseMs: 4_000 });
    await system.until('a start', () => worker.begun.length === 1);
    await system.until('a stop', () => worker.held.size === 0, 6_000);
    expect(worker.told).toContainEqual(expect.objectContaining({ kind: 'stop', run, reason: 'timed-out' }));
  });

  it('tells the worker to stop what is cancelled', async () => {
    await system.dispatcher();
    const worker = system.worker(never);
    const run = single();
    await system.until('a start', () => worker.begun.length === 1);
    system.request(0, cancelled({ run }));
    await system.until('a stop', () => worker.held.size === 0, 1_000);
    expect(worker.told).toContainEqual(expect.objectContaining({ kind: 'stop', run, reason: 'cancelled' }));
  });

  it('tells a worker again to stop when the first message was lost', async () => {
    await system.dispatcher();
    const worker = system.worker(never);
    const run = single();
    await system.until('a start', () => worker.begun.length === 1);
    system.log.nextAppends(['lost'], topics.control);
    system.request(0, cancelled({ run }));
    await system.until('a stop', () => worker.held.size === 0, 5_000);
  });

  it('publishes again, with the same attempt, what its predecessor decided and could not publish', async () => {
    const { loop } = await system.dispatcher();
    const worker = system.worker();
    await system.pass(3_000);
    system.log.nextAppends(['lost'], topics.tasks('default', 'normal'));
    const run = single();
    await system.until('a decision', () => system.events('TasksDispatched').length === 1);
    const stopped = loop.stop();
    await system.pass(1_000);
    await stopped;
    await system.dispatcher();
    await system.ended();
    expect(worker.begun).toEqual([{ key: `${run}/0/1`, by: 'w1', claimed: true }]);
    expect(system.copies.get(`${run}/0/1`)).toEqual({ unmarked: 0, again: 1 });
    expect(system.violations()).toEqual([]);
  });

  it('lets one of two dispatchers decide at a time, whoever claimed last', async () => {
    const first = await system.dispatcher();
    system.worker(lasting(300));
    await system.pass(3_000);
    for (let count = 0; count < 20; count++) single();
    await system.pass(100);
    const second = await system.dispatcher();
    for (let count = 0; count < 20; count++) single();
    await system.ended();
    expect(first.loop.partitions[0]!.phase).toBe('following');
    expect(second.loop.partitions[0]!.phase).toBe('owning');
    expect(system.events('PartitionClaimed').map(({ epoch }) => epoch)).toEqual([1, 2]);
    expect(system.violations()).toEqual([]);
  });

  it('takes a partition back after 10 s without a heartbeat that names the epoch in force', async () => {
    const first = await system.dispatcher();
    await system.pass(3_000);
    const writer = new FaultyWriter(system.log, () => 'acknowledged');
    system.writer = writer;
    const second = await system.dispatcher();
    system.writer = system.log;
    await system.until('the second to own', () => second.loop.partitions[0]?.phase === 'owning');
    await system.pass(20_000);
    expect(first.loop.partitions[0]!.phase).toBe('following');
    writer.kill();
    const stopped = second.loop.stop();
    await system.pass(5_000);
    await stopped;
    expect(first.loop.partitions[0]!.phase).toBe('following');
    await system.until('the first to own', () => first.loop.partitions[0]!.phase === 'owning', 15_000);
    expect(system.state().epoch).toBe(3);
  });

  it('claims once for each assignment that names a partition it has lost', async () => {
    const first = await system.dispatcher();
    await system.pass(3_000);
    const second = await system.dispatcher();
    await system.until('the second to own', () => second.loop.partitions[0]?.phase === 'owning');
    await system.until('the first to follow', () => first.loop.partitions[0]?.phase === 'following');
    second.hint.assign([]);
    first.hint.assign([0]);
    await system.until('the first to own', () => first.loop.partitions[0]!.phase === 'owning', 2_000);
  });

  it('goes on with the other partitions when one halts', async () => {
    system = await new DispatchSystem(2).begun();
    system.log.partition(topics.log, 0).skip(3);
    system.request(0, singleRequested({}, { run: system.runId(0) }));
    const { loop } = await system.dispatcher();
    system.worker();
    system.request(1, singleRequested({}, { run: system.runId(1) }));
    await system.until('the neighbour to end', () => system.events('TaskFinished').length === 1);
    expect(loop.faults).toEqual([expect.any(GapFault)]);
    expect(loop.partitions.map(({ partition, phase }) => [partition, phase])).toEqual([
      [1, 'owning'],
      [0, 'halted'],
    ]);
    await system.pass(2_000);
    const beats = system.log.texts(topics.workers, 0).map((text) => JSON.parse(text));
    expect(beats.findLast(({ kind }) => kind === 'dispatcher').halted).toEqual([
      { partition: 0, fault: loop.faults[0]!.message },
    ]);
  });

  it('goes on with the other partitions when the beginning of one was deleted', async () => {
    system = await new DispatchSystem(2).begun();
    system.request(0, singleRequested({}, { run: system.runId(0) }));
    await system.pass(100);
    system.log.partition(topics.log, 0).trim(1);
    const { loop } = await system.dispatcher();
    system.worker();
    system.request(1, singleRequested({}, { run: system.runId(1) }));
    await system.until('the neighbour to end', () => system.events('TaskFinished').length === 1);
    expect(loop.faults).toHaveLength(1);
  });

  it('waits while the log is down, and goes on without losing anybody', async () => {
    const { loop } = await system.dispatcher();
    const worker = system.worker(lasting(90_000));
    system.worker(atOnce, { holds: [], handlers: [] });
    await system.pass(3_000);
    single();
    await system.until('a logged start', () => system.events('TaskStarted').length === 1);
    system.log.stop();
    await system.pass(60_000, 100);
    expect(loop.reach.isReaching).toBe(false);
    system.log.restart();
    await system.ended();
    expect(system.events('WorkerLost')).toEqual([]);
    expect(worker.begun).toHaveLength(1);
    expect(system.violations()).toEqual([]);
  });

  it('doubles nothing when its decisions are lost or go unacknowledged', async () => {
    await system.dispatcher();
    const worker = system.worker();
    await system.pass(3_000);
    const fates = ['unacknowledged', 'lost', 'acknowledged', 'unacknowledged', 'unacknowledged', 'lost'] as const;
    const runs = [];
    for (let count = 0; count < 12; count++) {
      runs.push(single());
      system.log.nextAppends([fates[count % 6]!], topics.log);
      await system.pass(40);
    }
    await system.ended();
    expect(worker.begun.map(({ key }) => key).sort()).toEqual(
      runs.map((run) => keyOf({ run, task: 0, attempt: 1 })).sort(),
    );
    expect(system.violations()).toEqual([]);
  });

  it('can be stopped and started twice', async () => {
    const { loop, hint } = await system.dispatcher();
    await loop.start();
    await system.pass(500);
    const stops = Promise.all([loop.stop(), loop.stop()]);
    await system.pass(1_000);
    await stops;
    await loop.start();
    hint.assign([0]);
    await system.until('it to own again', () => loop.partitions[0]?.phase === 'owning', 5_000);
  });
});
