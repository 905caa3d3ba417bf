import { singleRequested } from '@millrace/domain/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import { topics } from './testing/dispatch-given-owner.js';
import { atOnce, DispatchSystem } from './testing/dispatch-system.js';
import { framesOf } from './testing/fold-whole-log.js';

let system: DispatchSystem;

beforeEach(async () => {
  system = await new DispatchSystem().begun();
});

const owning = ({ loop }: Awaited<ReturnType<DispatchSystem['dispatcher']>>) => loop.partitions[0]?.phase === 'owning';
const leavingBeats = () =>
  system.log
    .partition(topics.workers, 0)
    .records.map(({ value }) => JSON.parse(Buffer.from(value!).toString()) as { id: string; leaving?: true })
    .filter(({ leaving }) => leaving === true);

describe('Handing over', () => {
  it('goes on deciding until the next owner has claimed, so that no task waits for it', async () => {
    const first = await system.dispatcher();
    const second = await system.dispatcher([]);
    system.worker(atOnce);
    await system.until('an owner', () => owning(first));
    await system.pass(4_000);
    const stopped = first.loop.stop();
    for (let count = 0; count < 10; count++) {
      system.request(0, singleRequested({}, { run: system.runId() }));
      await system.pass(100);
    }
    expect(system.open).toBe(0);
    second.hint.assign([0]);
    await system.until('the second to own', () => owning(second), 1_000);
    system.request(0, singleRequested({}, { run: system.runId() }));
    await system.pass(300);
    await stopped;
    await system.ended();
    expect(new Set(system.events('TasksDispatched').map(({ epoch }) => epoch))).toEqual(new Set([1, 2]));
    expect(system.violations()).toEqual([]);
    expect(leavingBeats().map(({ id }) => id)).toContain('d1');
  });

  it('stops at once where nobody else lives', async () => {
    const { loop } = await system.dispatcher();
    await system.pass(3_000);
    const stopped = loop.stop();
    await system.pass(250);
    await stopped;
    expect(loop.partitions).toEqual([]);
  });

  it('stops after 3 s where the others claim nothing, and at once where they leave too', async () => {
    const first = await system.dispatcher();
    const second = await system.dispatcher([]);
    await system.pass(4_000);
    let isOver = false;
    const stopped = first.loop.stop().then(() => (isOver = true));
    await system.pass(2_000);
    expect(isOver).toBe(false);
    const both = Promise.all([stopped, second.loop.stop()]);
    await system.pass(500);
    await both;
  });

  it('keeps a partition that was given to another until that one has claimed it', async () => {
    const first = await system.dispatcher();
    const second = await system.dispatcher([]);
    await system.until('an owner', () => owning(first));
    first.hint.assign([]);
    await system.pass(2_000);
    expect(owning(first)).toBe(true);
    second.hint.assign([0]);
    await system.until('the second to own', () => owning(second), 1_000);
    await system.until('the first to have none', () => first.loop.partitions.length === 0, 500);
    expect(framesOf(system.log, topics.log, 0).flatMap(({ items }) => items.map(({ type }) => type))).toContain(
      'PartitionClaimed',
    );
  });

  it('gives a partition up after 10 s that nobody claims', async () => {
    const first = await system.dispatcher();
    await system.until('an owner', () => owning(first));
    first.hint.assign([]);
    await system.pass(10_500);
    expect(first.loop.partitions).toEqual([]);
  });

  it('lets a follower claim as soon as the owner says that it leaves', async () => {
    const first = await system.dispatcher();
    await system.until('an owner', () => owning(first));
    const second = await system.dispatcher();
    await system.until('the second to own', () => owning(second));
    await system.pass(3_000);
    expect(first.loop.partitions[0]?.phase).toBe('following');
    const stopped = second.loop.stop();
    await system.until('the first to own', () => owning(first), 500);
    await system.pass(300);
    await stopped;
  });
});
