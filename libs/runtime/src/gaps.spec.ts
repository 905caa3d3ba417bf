import { silent } from '@millrace/domain';
import { cancelled, gapAccepted, singleRequested } from '@millrace/domain/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import { findGap } from './find-gap.js';
import { GapFault, PartitionFold } from './partition-fold.js';
import { ProjectionLoop } from './projection-loop.js';
import { SnapshotKeeper } from './snapshot-keeper.js';
import { SnapshotRecovery } from './snapshot-recovery.js';
import { topics } from './testing/dispatch-given-owner.js';
import { atOnce, DispatchSystem } from './testing/dispatch-system.js';
import { InMemoryGroup, InMemoryOwnershipHint, InMemoryProjectionStore, quietJournal } from './testing/index.js';
import { TopicSnapshotStore } from './topic-snapshot-store.js';

let system: DispatchSystem;
let store: InMemoryProjectionStore;

beforeEach(async () => {
  system = await new DispatchSystem().begun();
  store = new InMemoryProjectionStore();
});

const log = () => system.log.partition(topics.log, 0);
function snapshots(content: 'state' | 'projection') {
  const { log: memory, clock, journal } = system;
  const kept = new TopicSnapshotStore({ reader: memory.reader(), writer: memory, trimmer: memory, topics, journal });
  return {
    recovery: new SnapshotRecovery({ store: kept, reader: memory.reader(), topics, journal }),
    keeper: new SnapshotKeeper({ store: kept, content, clock, journal, everyEntries: 3 }),
  };
}
async function projector(): Promise<ProjectionLoop> {
  const { log: memory, clock } = system;
  const hint = new InMemoryOwnershipHint(new InMemoryGroup(0));
  const given = { topics, reader: memory.reader(), store, ownership: hint, clock, journal: quietJournal() };
  const loop = new ProjectionLoop({ ...given, snapshots: snapshots('projection') });
  await loop.start();
  hint.assign([0]);
  return loop;
}
const single = () => system.request(0, singleRequested({}, { run: system.runId() }));
async function written(count: number): Promise<void> {
  for (let index = 0; index < count; index++) {
    single();
    await system.pass(20);
  }
}
/** Records are lost: `count` of them from `from` on. */
function lose(from: number, count: number): void {
  const { records } = log();
  records.splice(
    records.findIndex(({ offset }) => offset === from),
    count,
  );
}
const isProjected = async () => (await store.position(0)).to === log().end;
const stop = async (...loops: readonly { stop(): Promise<void> }[]) => {
  const stopped = Promise.all(loops.map((loop) => loop.stop()));
  await system.pass(1_000);
  await stopped;
};

describe('A gap of the log', () => {
  it('halts its readers, who go on by themselves once it is accepted, and count alike', async () => {
    await written(6);
    lose(3, 2);
    const { loop } = await system.dispatcher(undefined, snapshots('state'));
    const projecting = await projector();
    system.worker(atOnce);
    await system.until('both to halt', () => loop.faults.length + projecting.faults.length === 2);
    expect(loop.faults[0]).toBeInstanceOf(GapFault);
    expect(loop.faults[0]?.message).toContain('millrace partition accept-gap 0 --from 3');
    system.request(0, gapAccepted({ from: 3, to: 4, command: 'wrong' }));
    await system.pass(2_000);
    expect(loop.faults).toHaveLength(1);
    system.request(0, gapAccepted({ from: 3, to: 5 }));
    await system.until('both to go on', () => loop.faults.length + projecting.faults.length === 0, 5_000);
    await system.until('the runs that are left to end', () => system.events('TaskFinished').length === 4);
    await system.pass(1_000);
    expect(await isProjected()).toBe(true);
    const { accepted, rejected } = await store.position(0);
    expect(rejected).toBe(1);
    const again = await projector();
    await system.pass(1_000);
    expect(again.faults).toEqual([]);
    expect(await store.position(0)).toMatchObject({ accepted, rejected });
    await stop(loop, projecting, again);
  });

  it('is not there because somebody says so: the acceptance is rejected, and nobody halts for long', async () => {
    const { loop } = await system.dispatcher(undefined, snapshots('state'));
    const projecting = await projector();
    await written(5);
    system.request(0, gapAccepted({ from: 2, to: 4 }));
    await system.pass(3_000);
    expect([...loop.faults, ...projecting.faults]).toEqual([]);
    expect(await isProjected()).toBe(true);
    expect((await store.position(0)).rejected).toBe(1);
    await stop(loop, projecting);
  });

  it('makes a dispatcher that has folded what is lost fold again without it, and a projector halt', async () => {
    const { loop } = await system.dispatcher(undefined, snapshots('state'));
    const projecting = await projector();
    await written(8);
    await system.pass(1_000);
    expect(await isProjected()).toBe(true);
    const [lost] = log().records.slice(4);
    lose(lost!.offset, 1);
    system.request(0, gapAccepted({ from: lost!.offset, to: lost!.offset + 1 }));
    await system.until('the projector to halt', () => projecting.faults.length === 1, 10_000);
    await system.until('the dispatcher to own', () => loop.partitions[0]?.phase === 'owning', 10_000);
    expect(projecting.faults[0]?.message).toMatch(/has lost some that were projected.*drop the projection's tables/);
    store = new InMemoryProjectionStore();
    const fresh = await projector();
    await system.pass(3_000);
    expect(fresh.faults).toEqual([]);
    expect(await isProjected()).toBe(true);
    await stop(loop, projecting, fresh);
  });

  it('is found by its first missing offset alone', async () => {
    await written(6);
    lose(3, 2);
    const reader = system.log.reader();
    const at = (from: number) => findGap(reader, topics.log, 0, from);
    expect(await at(3)).toEqual({ from: 3, to: 5 });
    expect([await at(2), await at(4), await at(5), await at(6), await at(1_000)]).toEqual(Array(5).fill(undefined));
  });

  it('is compared around when a fold resumes right behind it', async () => {
    await written(6);
    lose(3, 2);
    system.request(0, gapAccepted({ from: 3, to: 5 }), cancelled());
    await system.pass(20);
    const kept = snapshots('state');
    kept.recovery.gaps.note(0, { from: 3, to: 5 }, 'lost');
    const fold = new PartitionFold(0, undefined, kept.recovery.gaps);
    for (const record of log().records) fold.take(record, silent);
    expect(fold.recent.map(([offset]) => offset)).toEqual([0, 1, 2, 5, 6, 7]);
    kept.keeper.consider(fold);
    await kept.keeper.idle();
    const recovered = await kept.recovery.recover(0, 'state');
    for (const record of log().records) expect(recovered.fold.take(record, silent)).toBe('dropped');
    expect(recovered.fold.position).toBe(log().end);
  });
});
