import { singleRequested } from '@millrace/domain/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import { LineageFault, readBirth } from './births.js';
import { LogSoundness, LogUnsound } from './log-soundness.js';
import { LogUnavailable } from './ports.js';
import { ProjectionLoop } from './projection-loop.js';
import { topics } from './testing/dispatch-given-owner.js';
import { DispatchSystem } from './testing/dispatch-system.js';
import { InMemoryGroup, InMemoryOwnershipHint, InMemoryProjectionStore } from './testing/index.js';

const compacted = 'Expected topic t.log to have cleanup.policy=delete, but found cleanup.policy=compact.';
let system: DispatchSystem;
/** What the topic is asked for, and what it answers. */
let asked: number;
let topic: () => Promise<void>;

beforeEach(async () => {
  system = await new DispatchSystem(2).begun();
  asked = 0;
  topic = () => Promise.resolve();
  const birth = await readBirth(system.log.reader(), topics.log, 0);
  system.soundness = new LogSoundness({
    ...{ reader: system.log.reader(), topic: topics.log, clock: system.clock, born: () => birth },
    checkTopic: () => {
      asked += 1;
      return topic();
    },
  });
});

const refuses = () => Promise.reject(new Error(compacted));
const phases = ({ loop }: Awaited<ReturnType<DispatchSystem['dispatcher']>>) =>
  Object.fromEntries(loop.partitions.map(({ partition, phase }) => [partition, phase]));

describe('A take-over', () => {
  it('asks for the settings of the topic once for all partitions that come together', async () => {
    const given = await system.dispatcher();
    await system.until('both to be owned', () => Object.values(phases(given)).join() === 'owning,owning');
    expect(asked).toBe(1);
  });

  it('halts what it takes where the log is not sound, and owns it as soon as that is mended', async () => {
    const given = await system.dispatcher([0]);
    await system.until('one to be owned', () => phases(given)[0] === 'owning');
    topic = refuses;
    await system.pass(4_000);
    given.hint.assign([0, 1]);
    await system.until('the other one to halt', () => phases(given)[1] === 'halted');
    expect(phases(given)).toEqual({ 0: 'owning', 1: 'halted' });
    expect(given.loop.faults).toEqual([expect.any(LogUnsound)]);
    expect(given.loop.faults[0]!.message).toBe(compacted);
    const claims = system.events('PartitionClaimed').length;
    topic = () => Promise.resolve();
    await system.until('the other one to be owned', () => phases(given)[1] === 'owning', 10_000);
    expect(system.events('PartitionClaimed')).toHaveLength(claims + 1);
    expect(given.loop.faults).toEqual([]);
  });

  it('halts what it claims again after another has had it', async () => {
    const first = await system.dispatcher([0]);
    await system.until('the first to own', () => phases(first)[0] === 'owning');
    const second = await system.dispatcher([0]);
    await system.until('the first to follow', () => phases(first)[0] === 'following');
    topic = refuses;
    await system.pass(4_000);
    first.hint.assign([0]);
    await system.until('the first to halt', () => phases(first)[0] === 'halted');
    void second;
  });

  it('halts for good where the partition is of another log', async () => {
    const stranger = await new DispatchSystem(2).begun();
    stranger.nonce();
    const birth = await readBirth(stranger.log.reader(), topics.log, 0);
    system.soundness = new LogSoundness({
      ...{ reader: system.log.reader(), topic: topics.log, clock: system.clock, checkTopic: () => topic() },
      born: () => ({ ...birth!, nonce: 'f'.repeat(32) }),
    });
    const given = await system.dispatcher([1]);
    await system.until('it to halt', () => phases(given)[1] === 'halted');
    expect(given.loop.faults).toEqual([expect.any(LineageFault)]);
    expect(given.loop.faults[0]!.message).toContain('the topic was made anew');
    await system.pass(20_000);
    expect(phases(given)).toEqual({ 1: 'halted' });
  });

  it('waits 2 s for an answer at most, and halts when a bad one comes later', async () => {
    topic = () => new Promise(() => undefined);
    const given = await system.dispatcher([0]);
    await system.until('it to be owned', () => phases(given)[0] === 'owning', 3_000);
    topic = () => Promise.reject(new LogUnavailable('nobody answers'));
    await system.pass(4_000);
    given.hint.assign([0, 1]);
    await system.until('the other one to be owned', () => phases(given)[1] === 'owning', 3_000);
    topic = refuses;
    await system.until('it to halt', () => phases(given)[1] === 'halted', 10_000);
  });

  it('halts a projection, whose rows go on as soon as the log is sound again', async () => {
    topic = refuses;
    const store = new InMemoryProjectionStore();
    const hint = new InMemoryOwnershipHint(new InMemoryGroup(0));
    const { clock, journal, soundness, log } = system;
    const given = { topics, reader: log.reader(), store, ownership: hint, clock, journal };
    const loop = new ProjectionLoop({ ...given, soundness: soundness! });
    await loop.start();
    hint.assign([0]);
    await system.until('it to halt', () => loop.faults.length === 1);
    expect(loop.standing.halted).toEqual([{ partition: 0, fault: compacted }]);
    expect(loop.positions).toEqual({});
    system.request(0, singleRequested({}, { run: system.runId() }));
    topic = () => Promise.resolve();
    await system.until('the run to be shown', () => loop.positions[0] === 2, 15_000);
    expect(loop.faults).toEqual([]);
  });
});
