import type { Event } from '@millrace/domain';
import {
  boom,
  cancelled,
  claimed,
  dispatched,
  dispatchedAll,
  failed,
  finished,
  requested,
  returned,
  started,
  singleRequested,
  taskOf,
  timersFired,
  w1,
  workersSeen,
  workflow,
} from '@millrace/domain/testing';
import { entryCount, runIdOf } from '@millrace/domain';
import { beforeEach, describe, expect, it } from 'vitest';
import { ensureBorn } from './births.js';
import { ProjectionLoop } from './projection-loop.js';
import { GapFault } from './partition-fold.js';
import { unprojected, type ProjectionStore } from './ports.js';
import { SnapshotKeeper } from './snapshot-keeper.js';
import { SnapshotRecovery, type Snapshots } from './snapshot-recovery.js';
import { frameRecord, logOfTopics, topics } from './testing/dispatch-given-owner.js';
import { FaultyStore } from './testing/fold-faulty-store.js';
import { comparable, framesOf, rowsOf } from './testing/fold-whole-log.js';
import {
  InMemoryGroup,
  InMemoryOwnershipHint,
  InMemoryProjectionStore,
  ManualClock,
  quietJournal,
  type InMemoryLog,
} from './testing/index.js';
import { TopicSnapshotStore } from './topic-snapshot-store.js';

const partitions = 2;
let clock: ManualClock;
let log: InMemoryLog;
let store: InMemoryProjectionStore;
let runs: number;
let seqs: number;

beforeEach(async () => {
  clock = new ManualClock();
  log = logOfTopics(clock, partitions);
  store = new InMemoryProjectionStore();
  runs = 0;
  seqs = 0;
  const nonce = () => 'f'.repeat(32);
  await ensureBorn({ reader: log.reader(), writer: log, topic: topics.log, partitions, cluster: 'c', clock, nonce });
});

async function projector(given: ProjectionStore = store, assigned: readonly number[] = [0, 1], snapshots?: Snapshots) {
  const hint = new InMemoryOwnershipHint(new InMemoryGroup(0));
  const loop = new ProjectionLoop({
    ...{ topics, reader: log.reader(), store: given, ownership: hint, clock, journal: quietJournal() },
    ...(snapshots !== undefined && { snapshots }),
  });
  await loop.start();
  hint.assign(assigned);
  return { loop, hint };
}
function snapshots(everyEntries: number, journal = quietJournal()): Snapshots {
  const snapshotStore = new TopicSnapshotStore({ reader: log.reader(), writer: log, trimmer: log, topics, journal });
  return {
    recovery: new SnapshotRecovery({ store: snapshotStore, reader: log.reader(), topics, journal }),
    keeper: new SnapshotKeeper({ store: snapshotStore, content: 'projection', clock, journal, everyEntries }),
  };
}
async function stopped({ loop }: { loop: ProjectionLoop }): Promise<void> {
  const stop = loop.stop();
  await clock.run(1_000, 50);
  await stop;
}
async function written(partition: number, ...items: readonly Event[]): Promise<void> {
  await log.append(topics.log, partition, [frameRecord('test', ++seqs, clock.now(), items)]);
}
const runId = (partition: number) => runIdOf(partition, (++runs).toString(16).padStart(32, '0'));

/** Every kind of row and of change, in frames of their own. */
async function story(partition: number): Promise<void> {
  const definition = workflow({ a: [], b: ['a'], c: ['a'] });
  const [run, one, two] = [runId(partition), runId(partition), runId(partition)];
  const ref = (id: string) => taskOf(definition, id, run);
  const frames: readonly (readonly Event[])[] = [
    [claimed(), workersSeen({})],
    [...requested(definition, { run, input: { day: 1 } })],
    [singleRequested({}, { run: one }), singleRequested({}, { run: two, input: 'x' })],
    [
      dispatchedAll([one, two].map((id) => ({ run: id, task: 0, attempt: 1, worker: w1, to: 0 }))),
      dispatched(ref('a')),
    ],
    [started(ref('a')), failed({ run: one, task: 0 }, { chance: 0 }), returned({ run: two, task: 0 })],
    [timersFired(), cancelled({ run: one, reason: 'enough' })],
    [finished(ref('a'), { outcome: { kind: 'succeeded', result: [1, 2] } }), finished(ref('a'))],
    [dispatched(ref('b')), dispatched(ref('c')), dispatched({ run: two, task: 0 }, { attempt: 2 })],
    [finished({ run: two, task: 0 }, { attempt: 2 })],
    [failed(ref('b'), { retryable: false }), finished(ref('c'))],
  ];
  for (const items of frames) {
    clock.advance(10);
    await written(partition, ...items);
  }
  await log.append(topics.log, partition, [{ value: Buffer.from('garbage') }]);
  await written(partition, { type: 'NoSuch' } as unknown as Event, singleRequested({}, { run: runId(partition) }));
}

async function caughtUp(): Promise<void> {
  for (let passedMs = 0; passedMs < 60_000; passedMs += 50) {
    const positions = await Promise.all([0, 1].map((partition) => store.position(partition)));
    if (positions.every(({ to }, partition) => to === log.partition(topics.log, partition).end)) return;
    await clock.run(50, 50);
  }
  throw new Error('Expected the projection to reach the end of the log within 60 s, but it did not.');
}
const expectRowsOfLog = async () =>
  expect(comparable(store.rows())).toEqual(comparable(await rowsOf(log, topics.log, partitions)));

describe('ProjectionLoop', () => {
  it('makes the rows that a fold of the whole log makes', async () => {
    await story(0);
    await story(1);
    const running = await projector();
    await caughtUp();
    await expectRowsOfLog();
    const statuses = store.rows().runs.map(({ status }) => status);
    expect(statuses.sort()).toEqual(
      ['cancelled', 'failed', 'succeeded', 'running', 'cancelled', 'failed', 'succeeded', 'running'].sort(),
    );
    expect(store.rows().tasks.find(({ id, status }) => id === 'b' && status === 'failed')?.error).toBe(
      JSON.stringify(boom),
    );
    await stopped(running);
  });

  it('makes the same rows frame by frame as all at once', async () => {
    const running = await projector();
    await clock.run(100, 50);
    const writing = story(0).then(() => story(1));
    await clock.run(1_000, 10);
    await writing;
    await caughtUp();
    expect(store.commits.length).toBeGreaterThan(5);
    await expectRowsOfLog();
    await stopped(running);
  });

  it('accounts for every entry as accepted, rejected or quarantined', async () => {
    await story(0);
    await story(1);
    const running = await projector();
    await caughtUp();
    for (const partition of [0, 1]) {
      const entries = framesOf(log, topics.log, partition)
        .flatMap(({ items }) => items)
        .reduce((sum, item) => sum + entryCount(item), 0);
      const { accepted, rejected, quarantined, to } = await store.position(partition);
      expect(accepted + rejected + quarantined).toBe(entries);
      expect(quarantined).toBe(2);
      expect(to).toBe(log.partition(topics.log, partition).end);
    }
    await stopped(running);
  });

  it('tells what is quarantined with its address and cause', async () => {
    await story(0);
    const running = await projector();
    await caughtUp();
    const { end } = log.partition(topics.log, 0);
    expect(store.rows().quarantine.map(({ offset, index, cause }) => [offset, index, cause])).toEqual([
      [end - 2, 0, 'crc-mismatch'],
      [end - 1, 0, 'unknown-kind'],
    ]);
    await stopped(running);
  });

  it('goes on after a restart at any position as if it had never stopped', async () => {
    await story(0);
    const { records } = log.partition(topics.log, 0);
    const all = [...records];
    for (let cut = 1; cut < all.length; cut++) {
      records.splice(0, records.length, ...all.slice(0, cut));
      store = new InMemoryProjectionStore();
      const first = await projector(store, [0]);
      await clock.run(1_000, 50);
      await stopped(first);
      expect((await store.position(0)).to).toBe(cut);
      records.splice(0, records.length, ...all);
      const second = await projector();
      await caughtUp();
      await expectRowsOfLog();
      await stopped(second);
    }
  });

  it('goes on from a snapshot at any position as if it had folded the whole log', async () => {
    await story(0);
    const { records } = log.partition(topics.log, 0);
    const all = [...records];
    for (let cut = 1; cut < all.length; cut++) {
      for (const topic of [topics.snapshots, topics.manifests]) log.create(topic, partitions);
      records.splice(0, records.length, ...all.slice(0, cut));
      store = new InMemoryProjectionStore();
      const first = await projector(store, [0], snapshots(1));
      await clock.run(1_000, 50);
      await stopped(first);
      records.splice(0, records.length, ...all);
      const journal = quietJournal();
      const second = await projector(store, [0, 1], snapshots(1_000, journal));
      await caughtUp();
      await expectRowsOfLog();
      const found = journal.lines.filter(({ message }) => message === 'Recovering from a snapshot.');
      expect(found.map(({ fields }) => (fields as { position: number }).position)).toEqual([cut]);
      await stopped(second);
    }
  });

  it('goes on from the snapshot before, or from the whole log, where the store went back behind the newest', async () => {
    await story(0);
    const { records } = log.partition(topics.log, 0);
    const all = [...records];
    const stores: InMemoryProjectionStore[] = [];
    for (const to of [4, 8, all.length]) {
      records.splice(0, records.length, ...all.slice(0, to));
      store = new InMemoryProjectionStore();
      const running = await projector(store, [0], snapshots(1));
      await clock.run(1_000, 50);
      await stopped(running);
      stores.push(store);
    }
    // Of four snapshots the oldest, at 4, is not kept.
    for (const [index, message] of ['Recovering from the beginning', 'Recovering from a snapshot.'].entries()) {
      store = stores[index]!;
      const journal = quietJournal();
      const running = await projector(store, [0, 1], snapshots(1_000, journal));
      await caughtUp();
      await expectRowsOfLog();
      expect(journal.lines.filter(({ level }) => level === 'info').map((line) => line.message)).toContainEqual(
        expect.stringContaining(message),
      );
      await stopped(running);
    }
  });

  it('writes after a restart only what changed since the position that it found', async () => {
    await story(0);
    const first = await projector();
    await caughtUp();
    await stopped(first);
    await written(0, singleRequested({}, { run: runId(0) }));
    const second = await projector();
    await caughtUp();
    const { singlesBorn, runsBorn, runsChanged, attempts, workflows, quarantine } = store.commits.at(-1)!;
    expect(singlesBorn).toHaveLength(1);
    expect([runsBorn, runsChanged, attempts, workflows, quarantine].flat()).toEqual([]);
    await stopped(second);
  });

  it.each(['unknown', 'lost'] as const)('writes nothing twice after a commit whose outcome is %s', async (fate) => {
    await story(0);
    await story(1);
    const faulty = new FaultyStore(store);
    let commits = 0;
    faulty.fateOf = () => (commits++ % 2 === 0 ? fate : 'committed');
    const running = await projector(faulty);
    await caughtUp();
    await story(0);
    await story(1);
    await caughtUp();
    await expectRowsOfLog();
    await stopped(running);
  });

  it('recovers from the log when another moved a position', async () => {
    await story(0);
    const one = await projector();
    await caughtUp();
    const other = await projector();
    for (let round = 0; round < 5; round++) {
      await story(0);
      await story(1);
      await clock.run(500, 50);
    }
    await caughtUp();
    await expectRowsOfLog();
    await stopped(one);
    await stopped(other);
  });

  it('fills in again what a store lost when it restarted, also where nothing more comes', async () => {
    await story(0);
    const { loop } = await projector();
    await clock.run(1_000, 50);
    const before = await store.position(0);
    store.rewind(1);
    expect((await store.position(0)).to).toBeLessThan(before.to);
    await clock.run(10_000, 50);
    expect(await store.position(0)).toMatchObject({ to: before.to, hash: before.hash });
    expect(comparable(store.rows())).toEqual(comparable(await rowsOf(log, topics.log, partitions)));
    await stopped({ loop });
  });

  it('recovers when another committed between its commit and its look at the outcome', async () => {
    await story(0);
    await story(1);
    const faulty = new FaultyStore(store);
    const other = new FaultyStore(store);
    let commits = 0;
    faulty.beforeCommit = async (batch) => {
      if (commits++ > 0) return;
      const position = batch.positions[0]!;
      await other.commit({
        ...batch,
        positions: [position],
        ...{ runsBorn: only(batch.runsBorn, position.partition), tasksBorn: only(batch.tasksBorn, position.partition) },
        singlesBorn: batch.singlesBorn.filter(([run]) => run.partition === position.partition),
        quarantine: only(batch.quarantine, position.partition),
        attempts: only(batch.attempts, position.partition),
      });
    };
    faulty.fateOf = () => (commits === 1 ? 'lost' : 'committed');
    const running = await projector(faulty);
    await caughtUp();
    await expectRowsOfLog();
    await stopped(running);
  });

  it('does not take for stored what was not, where another committed the first partition of its batch alone', async () => {
    const faulty = new FaultyStore(store);
    const requestedIn = (partition: number) => written(partition, singleRequested({}, { run: runId(partition) }));
    let commits = 0;
    let fromUnstored = 0;
    faulty.beforeCommit = async (batch) => {
      commits += 1;
      for (const { partition, from } of batch.positions)
        if (from > (await store.position(partition)).to) fromUnstored += 1;
      if (commits === 2) for (const partition of [0, 1]) await requestedIn(partition);
      if (commits !== 3) return;
      const { partition } = batch.positions[0]!;
      const of = <Row extends { readonly partition: number }>(rows: readonly Row[]) => only(rows, partition);
      const singlesBorn = batch.singlesBorn.filter(([run]) => run.partition === partition);
      await store.commit({ ...batch, positions: [batch.positions[0]!], singlesBorn, attempts: of(batch.attempts) });
    };
    faulty.fateOf = ({ positions }) => (commits === 3 && positions.length === 2 ? 'lost' : 'committed');
    const running = await projector(faulty);
    await caughtUp();
    await requestedIn(0);
    await clock.run(500, 10);
    await requestedIn(1);
    await caughtUp();
    await expectRowsOfLog();
    expect(commits).toBeGreaterThan(3);
    expect(fromUnstored).toBe(0);
    await stopped(running);
  });

  it('never writes a part of a batch', async () => {
    const running = await projector();
    const writing = story(0).then(() => story(1));
    await clock.run(1_000, 10);
    await writing;
    await caughtUp();
    for (const { positions } of store.commits) {
      for (const { from, to } of positions) expect(to).toBeGreaterThan(from);
    }
    for (const partition of [0, 1]) {
      const steps = store.commits.flatMap(({ positions }) => positions.filter((each) => each.partition === partition));
      steps.reduce((at, { from, to }) => (expect(from).toBe(at), to), 0);
    }
    await stopped(running);
  });

  it('waits while the store is down, and says so', async () => {
    const running = await projector();
    await clock.run(300, 50);
    store.stop();
    await story(0);
    await clock.run(3_000, 50);
    expect(running.loop.status.state).toBe('store-down');
    store.restart();
    await caughtUp();
    await clock.run(300, 50);
    expect(running.loop.status).toMatchObject({ state: 'running', lag: 0 });
    await expectRowsOfLog();
    await stopped(running);
  });

  it('gets on while nothing comes and while nothing is assigned, and stands still where a batch cannot be projected', async () => {
    const idle = await projector(store, []);
    const beforeIdle = idle.loop.status.progressAt;
    await clock.run(1_000, 50);
    expect(idle.loop.status.progressAt).toBeGreaterThan(beforeIdle);
    await stopped(idle);
    const faulty = new FaultyStore(store);
    const running = await projector(faulty);
    await story(0);
    await caughtUp();
    const beforeQuiet = running.loop.status.progressAt;
    await clock.run(1_000, 50);
    expect(running.loop.status.progressAt).toBeGreaterThan(beforeQuiet);
    faulty.beforeCommit = () => Promise.reject(new Error('a bug'));
    await story(1);
    await clock.run(1_000, 50);
    const stuck = running.loop.status.progressAt;
    await clock.run(5_000, 50);
    expect(running.loop.status).toMatchObject({ state: 'running', progressAt: stuck });
    faulty.beforeCommit = async () => undefined;
    await caughtUp();
    await stopped(running);
  });

  it('waits while the log is down, and says so', async () => {
    const running = await projector();
    await story(0);
    await caughtUp();
    log.stop();
    await clock.run(3_000, 50);
    expect(running.loop.status.state).toBe('log-down');
    log.restart();
    await story(1);
    await caughtUp();
    await expectRowsOfLog();
    await stopped(running);
  });

  it('stops while the store is down, without claiming what it did not write', async () => {
    const running = await projector();
    await clock.run(300, 50);
    store.stop();
    await story(0);
    await clock.run(1_000, 50);
    await stopped(running);
    expect(running.loop.positions['0']).toBe(1);
  });

  it('goes on with its neighbours when a partition halts', async () => {
    log.partition(topics.log, 0).skip(2);
    await story(0);
    await story(1);
    const running = await projector();
    await clock.run(2_000, 50);
    expect(running.loop.faults).toEqual([expect.any(GapFault)]);
    expect(running.loop.standing.halted).toEqual([{ partition: 0, fault: running.loop.faults[0]!.message }]);
    expect((await store.position(1)).to).toBe(log.partition(topics.log, 1).end);
    await stopped(running);
  });

  it('goes on with its neighbours when the beginning of a partition was deleted', async () => {
    await story(0);
    await story(1);
    log.partition(topics.log, 0).trim(3);
    const running = await projector();
    await clock.run(2_000, 50);
    expect(running.loop.faults).toHaveLength(1);
    expect((await store.position(1)).to).toBe(log.partition(topics.log, 1).end);
    await stopped(running);
  });

  it('loses no row when the leader epoch changes under it', async () => {
    const running = await projector();
    for (let count = 0; count < 4; count++) {
      await story(0);
      log.partition(topics.log, 0).elect();
      await story(0);
      if (count % 2 === 0) await caughtUp();
    }
    await caughtUp();
    expect(running.loop.faults).toEqual([]);
    await expectRowsOfLog();
    await stopped(running);
  });

  it('halts where the log was cut off and written anew while it ran, and while it did not', async () => {
    await story(0);
    const running = await projector();
    await caughtUp();
    const { end } = log.partition(topics.log, 0);
    log.partition(topics.log, 0).elect(end - 4);
    const frames = Array.from({ length: 6 }, (_, index) => frameRecord('other', index + 1, clock.now(), [cancelled()]));
    log.partition(topics.log, 0).append(clock.now(), frames);
    await clock.run(2_000, 50);
    expect(running.loop.faults[0]?.message).toMatch(/its bytes changed/);
    await stopped(running);
    const next = await projector();
    await clock.run(2_000, 50);
    expect(next.loop.faults[0]?.message).toMatch(/cut off and written anew/);
    expect((await store.position(0)).to).toBe(end);
    await stopped(next);
  });

  it('halts where the store was told by another log', async () => {
    await story(0);
    const running = await projector();
    await caughtUp();
    await stopped(running);
    log = logOfTopics(clock, partitions);
    const nonce = () => 'e'.repeat(32);
    await ensureBorn({ reader: log.reader(), writer: log, topic: topics.log, partitions, cluster: 'c', clock, nonce });
    await story(0);
    await story(0);
    const other = await projector();
    await clock.run(2_000, 50);
    expect(other.loop.faults.map(({ message }) => message)).toEqual([
      expect.stringMatching(/told by log e+ in t.log, but it was told by log f+\. Choose the database/),
      expect.anything(),
    ]);
    await stopped(other);
  });

  it('goes on with its neighbours when another moved the position of one', async () => {
    const recovered: object[] = [];
    const journal = { ...quietJournal(), info: (fields: object) => void recovered.push(fields) };
    const running = await projector(store, [0, 1], snapshots(1_000_000, journal));
    await story(0);
    await story(1);
    await caughtUp();
    recovered.length = 0;
    const other = await projector(store, [0]);
    for (let count = 0; count < 3; count++) {
      await story(0);
      await story(1);
      await clock.run(500, 50);
    }
    other.hint.assign([]);
    await caughtUp();
    await expectRowsOfLog();
    for (const fields of recovered) expect(fields).toMatchObject({ partition: 0 });
    expect(recovered.length).toBeGreaterThan(0);
    expect(running.loop.faults).toEqual([]);
    await stopped(running);
    await stopped(other);
  });

  it('halts where the store is ahead of the log: it is the projection of another', async () => {
    const beyond = { ...unprojected(0), to: 1_000 };
    const none = { runsBorn: [], runsChanged: [], singlesBorn: [], singlesChanged: [], tasksBorn: [] };
    const rest = { tasksChanged: [], runsPaused: [], checkpoints: [], attempts: [], workflows: [], quarantine: [] };
    await store.commit({ positions: [beyond], ...none, ...rest });
    await story(0);
    await story(1);
    const running = await projector();
    await clock.run(2_000, 50);
    expect(running.loop.faults[0]?.message).toMatch(/stands at 1000/);
    expect((await store.position(1)).to).toBe(log.partition(topics.log, 1).end);
    await stopped(running);
  });

  it('leaves a partition that is not assigned to it any more', async () => {
    const running = await projector();
    await story(0);
    await caughtUp();
    running.hint.assign([1]);
    await clock.run(500, 50);
    const before = (await store.position(0)).to;
    await story(0);
    await story(1);
    await clock.run(1_000, 50);
    expect((await store.position(0)).to).toBe(before);
    running.hint.assign([0, 1]);
    await caughtUp();
    await expectRowsOfLog();
    await stopped(running);
  });
});

function only<Row extends { readonly partition: number }>(rows: readonly Row[], partition: number): Row[] {
  return rows.filter((row) => row.partition === partition);
}
