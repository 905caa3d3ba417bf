import { describeState, digestOf, singleRequested } from '@millrace/domain/testing';
import { PartitionState, silent } from '@millrace/domain';
import { beforeEach, describe, expect, it } from 'vitest';
import { LineageFault } from './births.js';
import { PartitionFold } from './partition-fold.js';
import { LogUnavailable, type SnapshotManifest } from './ports.js';
import { chunkBytesMax, snapshotFormat, takeSnapshot } from './snapshot-codec.js';
import { SnapshotKeeper } from './snapshot-keeper.js';
import { SnapshotRecovery } from './snapshot-recovery.js';
import { topics } from './testing/dispatch-given-owner.js';
import { DispatchSystem } from './testing/dispatch-system.js';
import { foldWhole } from './testing/fold-whole-log.js';
import { TopicSnapshotStore } from './topic-snapshot-store.js';

let system: DispatchSystem;
let store: TopicSnapshotStore;
let recovery: SnapshotRecovery;

beforeEach(async () => {
  system = await new DispatchSystem().begun();
  const { log, journal } = system;
  store = new TopicSnapshotStore({ reader: log.reader(), writer: log, trimmer: log, topics, journal });
  recovery = new SnapshotRecovery({ store, reader: log.reader(), topics, journal });
});

const partition = () => system.log.partition(topics.log, 0);
/** A fold of everything that is in the log. */
function folded(fold = new PartitionFold(0)): PartitionFold {
  for (const record of partition().records) fold.take(record, silent);
  return fold;
}
const requests = (count: number) => Array.from({ length: count }, () => singleRequested({}, { run: system.runId() }));
async function written(count: number): Promise<void> {
  for (let index = 0; index < count; index++) {
    system.request(0, ...requests(1));
    await system.pass(20);
  }
}
async function saved(fold = folded()): Promise<SnapshotManifest> {
  const { header, chunks } = takeSnapshot(fold, 'state');
  return store.save(header, chunks);
}
const recover = async () => (await recovery.recover(0, 'state')).fold;
const refusals = () => system.journal.lines.filter(({ level }) => level === 'warn').map(({ message }) => message);
async function republished(manifest: object): Promise<void> {
  await system.log.append(topics.manifests, 0, [{ value: Buffer.from(JSON.stringify(manifest)) }]);
}

describe('recovery', () => {
  it('folds what came after the snapshot, and nothing before it', async () => {
    await written(20);
    const { position } = await saved();
    await written(5);
    const fold = await recover();
    expect([fold.resumedAt, fold.position]).toEqual([position, position - 10]);
    let tail = 0;
    for (const record of partition().records) if (fold.take(record, silent) === 'folded') tail += 1;
    expect(tail).toBe(5);
    expect(partition().records.length).toBeGreaterThan(tail);
    const whole = folded();
    expect(describeState(fold.state)).toEqual(describeState(whole.state));
    expect([digestOf(fold.state), fold.state.hash]).toEqual([digestOf(whole.state), whole.state.hash]);
  });

  it('begins at the beginning where there is no snapshot', async () => {
    await written(3);
    expect((await recover()).position).toBe(0);
  });

  it('halts where the records before the snapshot are not what they were', async () => {
    await written(20);
    await saved();
    const fold = await recover();
    const records = partition().from(fold.position);
    const other = { ...records[3]!, value: Buffer.from('other'), crc: undefined };
    for (const record of records.slice(0, 3)) expect(fold.take(record, silent)).toBe('dropped');
    expect(fold.take(other, silent)).toBe('fetch-again');
    expect(() => fold.take(other, silent)).toThrow(LineageFault);
  });

  it('does not fold on before all of them were compared', async () => {
    await written(20);
    const { position } = await saved();
    await written(1);
    const fold = await recover();
    expect(fold.take(partition().from(position)[0]!, silent)).toBe('fetch-again');
    expect(fold.position).toBe(position - 10);
  });

  it.each<[string, (newest: SnapshotManifest) => Promise<void>, RegExp]>([
    ['bytes that are no manifest', (m) => republished({ ...m, chunks: 'none' }), /these bytes are none/],
    ['another log', (m) => republished({ ...m, nonce: 'ab' }), /Expected one of log/],
    ['another partition', (m) => republished({ ...m, partition: 3 }), /Expected one of partition 0/],
    ['a later format', (m) => republished({ ...m, format: 99 }), new RegExp(`Expected format ${snapshotFormat}`)],
    ['later rules', (m) => republished({ ...m, rules: 9 }), /Expected rules up to 1/],
    ['a position past the end', (m) => republished({ ...m, position: 9_999 }), /Expected one up to offset/],
    ['another position', (m) => republished({ ...m, position: m.position - 1 }), /Expected position/],
    ['another hash of the log', (m) => republished({ ...m, hash: m.hash + 1 }), /Expected hash/],
    ['other bytes', (m) => republished({ ...m, sha256: 'ff' }), /Expected bytes with SHA-256/],
    ['missing chunks', (m) => republished({ ...m, chunks: [9_999] }), /Expected a chunk/],
  ])('refuses a snapshot of %s, says so, and takes the one before', async (_what, damage, sentence) => {
    await written(12);
    const good = await saved();
    await damage(good);
    const fold = await recover();
    expect(refusals()).toEqual([expect.stringMatching(sentence)]);
    expect(fold.resumedAt).toBe(good.position);
  });

  it('folds the whole log where every snapshot is damaged', async () => {
    await written(12);
    const manifest = await saved();
    await system.log.append(topics.snapshots, 0, [{ value: Buffer.from('{"part":"nonsense"}\n') }]);
    system.log.partition(topics.manifests, 0).trim(1);
    await republished({ ...manifest, chunks: [1] });
    expect((await recover()).position).toBe(0);
  });

  it('takes none that is past the given offset', async () => {
    await written(12);
    const { position } = await saved();
    await written(2);
    await saved();
    expect((await recovery.recover(0, 'state', position)).fold.resumedAt).toBe(position);
    expect((await recovery.recover(0, 'state', position - 1)).fold.resumedAt).toBe(0);
    expect((await recovery.recover(0, 'projection')).fold.resumedAt).toBe(0);
  });

  it('says that the log does not answer', async () => {
    system.log.stop();
    await expect(recover()).rejects.toThrow(LogUnavailable);
    system.log.restart();
    expect((await recover()).position).toBe(0);
  });
});

describe('a snapshot', () => {
  it('comes in chunks of at most 256 KiB that hold lines in any language', async () => {
    const input = { text: 'å\u{1F600}'.repeat(40) };
    system.request(0, ...Array.from({ length: 4_000 }, () => singleRequested({}, { run: system.runId(), input })));
    await system.pass(200);
    const fold = folded();
    const manifest = await saved(fold);
    expect(manifest.chunks.length).toBeGreaterThan(5);
    expect(Math.max(...system.log.partition(topics.snapshots, 0).records.map(({ value }) => value!.length))).toBe(
      chunkBytesMax,
    );
    expect(describeState((await recover()).state)).toEqual(describeState(fold.state));
  });

  it('holds the state as it was taken, whatever is folded while it is written', async () => {
    await written(20);
    const fold = folded();
    const before = describeState(fold.state);
    const { header, chunks } = takeSnapshot(fold, 'state');
    await written(5);
    folded(fold);
    await store.save(header, chunks);
    expect(describeState((await recover()).state)).toEqual(before);
  });

  it('is not taken of a partition that is not born', () => {
    expect(() => takeSnapshot(new PartitionFold(0), 'state')).toThrow('to be born');
    expect(new PartitionState().hash).toBe(0);
  });
});

describe('the keeper', () => {
  const keeper = (everyEntries = 10, everyMs = 60_000) => {
    const { clock, journal } = system;
    return new SnapshotKeeper({ store, content: 'state', clock, journal, everyEntries, everyMs });
  };
  const positions = async () => (await store.newest(0)).map((each) => each?.position);

  it('takes a snapshot after so many entries', async () => {
    const kept = keeper();
    await written(8);
    kept.consider(folded());
    await kept.idle();
    expect(await positions()).toEqual([]);
    await written(2);
    const fold = folded();
    kept.consider(fold);
    await kept.idle();
    expect(await positions()).toEqual([fold.position]);
  });

  it('takes one after so long, where anything was folded', async () => {
    const kept = keeper(1_000);
    await written(2);
    const fold = folded();
    kept.consider(fold);
    await system.pass(60_000, 10_000);
    kept.consider(fold);
    await kept.idle();
    expect(await positions()).toEqual([fold.position]);
    await system.pass(60_000, 10_000);
    kept.consider(fold);
    await kept.idle();
    expect(await positions()).toEqual([fold.position]);
  });

  it('takes one at a time, and goes on after one that could not be stored', async () => {
    const kept = keeper(1);
    await written(1);
    const fold = folded();
    system.log.nextAppends(['lost'], topics.snapshots);
    kept.consider(fold);
    await kept.idle();
    expect(await positions()).toEqual([]);
    await written(2);
    const { position } = fold;
    for (const record of partition().from(position)) {
      fold.take(record, silent);
      kept.consider(fold);
    }
    expect(fold.position).toBe(position + 2);
    await kept.idle();
    expect(await positions()).toEqual([position + 1]);
  });
});

it('a dispatcher recovers from the snapshot of the one before it, and every run ends', async () => {
  const { log, clock, journal } = system;
  const snapshots = () => ({
    recovery,
    keeper: new SnapshotKeeper({ store, content: 'state', clock, journal, everyEntries: 20 }),
  });
  system.worker();
  const first = await system.dispatcher([0], snapshots());
  await written(30);
  await system.ended();
  const stop = first.loop.stop();
  await system.pass(1_000, 50);
  await stop;
  system.request(0, ...requests(40));
  await system.pass(50);
  const { end } = log.partition(topics.log, 0);
  await system.dispatcher([0], snapshots());
  await system.ended();
  const recovered = journal.lines.filter(({ message }) => message === 'The partition is recovered.');
  const { from, folded: count } = recovered.at(-1)!.fields as { from: number; folded: number };
  expect([recovered.length, from + count]).toEqual([2, end]);
  expect(from).toBeGreaterThan(0);
  expect(count).toBeLessThan(end);
  expect(system.violations()).toEqual([]);
  expect(foldWhole(log, topics.log, 0).runs.size).toBe(0);
});
