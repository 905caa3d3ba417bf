import { describe, expect, it } from 'vitest';
import { Rounds, type TaskAssignment } from '@millrace/runtime';
import { InMemoryLog, ManualClock, quietJournal, until } from '@millrace/runtime/testing';
import type { GroupOffset } from './settled-offsets.js';
import type { TaskReader } from './task-session.js';
import { TaskSessions } from './task-sessions.js';

const topic = 't.tasks.default.normal';
const identity = (generation: number) => ({ memberId: 'm', generation });
const holding = (...partitions: number[]) => new Map([[topic, partitions]]);
const record = (text: string) => ({ value: new TextEncoder().encode(text) });

/** A group's offsets in memory. Commits wait while they are held; one generation is in force. */
class HeldOffsets {
  readonly stored = new Map<string, number>();
  readonly asked: { generation: number; offsets: GroupOffset[] }[] = [];
  generation = 1;
  failures = 0;
  private gate: Promise<void> = Promise.resolve();

  hold(): () => void {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.gate = promise;
    return resolve;
  }

  async commit({ generation }: { generation: number }, offsets: Iterable<GroupOffset>): Promise<boolean> {
    this.asked.push({ generation, offsets: [...offsets] });
    await this.gate;
    if (this.failures-- > 0) throw new Error('away');
    if (generation !== this.generation) return false;
    for (const [name, partition, offset] of this.asked.at(-1)!.offsets) this.stored.set(`${name}/${partition}`, offset);
    return true;
  }

  async committed(): Promise<ReadonlyMap<string, number>> {
    return this.stored;
  }
}

function given(...more: readonly string[]) {
  const log = new InMemoryLog(new ManualClock(), Object.fromEntries([topic, ...more].map((each) => [each, 2])));
  const offsets = new HeldOffsets();
  const seen = { topics: [] as string[], events: [] as string[], assignment: undefined as TaskAssignment | undefined };
  const newReader = (): TaskReader => {
    const reader = log.reader() as unknown as TaskReader;
    reader.ends = async (all) =>
      Promise.all(all.map(async (each) => (await reader.bounds(each.topic, each.partition)).end));
    return reader;
  };
  const sessions = new TaskSessions({
    offsets,
    newReader,
    commitMs: 1,
    rounds: new Rounds('reading', new ManualClock()),
    queueOf: new Map([[topic, 'default']]),
    listener: {
      joined: (assignment) => {
        seen.assignment = assignment;
        seen.events.push(`joined ${assignment.queues['default']!.join()}`);
      },
      left: () => void seen.events.push('left'),
      records: (from, partition, records) => {
        seen.topics.push(from);
        records.forEach(({ offset }) => void seen.events.push(`${partition}/${offset}`));
      },
    },
    journal: quietJournal(),
  });
  const event = (wanted: string) => until(wanted, () => seen.events.includes(wanted));
  return { log, offsets, seen, sessions, event };
}

describe('the sessions of a task source', () => {
  it('hand over by band what was fetched together, the highest first', async () => {
    const bands = ['low', 'critical', 'normal'].map((band) => `t.tasks.default.${band}`);
    const { log, seen, sessions } = given(...bands);
    for (const each of bands) await log.append(each, 0, [record('a')]);
    sessions.joined(new Map(bands.map((each) => [each, [0]])), identity(1), false);
    await until('all records', () => seen.topics.length === 3);
    expect(seen.topics).toEqual([1, 2, 0].map((index) => bands[index]));
    await sessions.left();
  });

  it('go on with the next assignment while the last commit of the one before still hangs', async () => {
    const { log, offsets, seen, sessions, event } = given();
    await log.append(topic, 0, [record('a'), record('b')]);
    sessions.joined(holding(0), identity(1), false);
    await event('0/1');
    const release = offsets.hold();
    sessions.settle(topic, 0, 1);
    const left = sessions.left();
    offsets.generation = 2;
    sessions.joined(holding(1), identity(2), false);
    await event('joined 1');
    release();
    await left;
    await log.append(topic, 1, [record('c')]);
    await event('1/0');
    sessions.settle(topic, 1, 1);
    await until('the commit of the second assignment', () => offsets.stored.get(`${topic}/1`) === 1);
    await sessions.left();
    await log.append(topic, 1, [record('d')]);
    expect(seen.events.slice(2)).toEqual(['0/1', 'left', 'joined 1', '1/0', 'left']);
  });

  it('commit what was settled under the generation that it was settled in, and nothing that settles later', async () => {
    const { log, offsets, sessions, event } = given();
    await log.append(topic, 0, [record('a'), record('b')]);
    sessions.joined(holding(0), identity(1), false);
    await event('0/1');
    const release = offsets.hold();
    sessions.settle(topic, 0, 1);
    await until('a commit under way', () => offsets.asked.length === 1);
    sessions.settle(topic, 0, 2);
    const left = sessions.left();
    offsets.generation = 2;
    sessions.joined(holding(0), identity(2), false);
    await event('joined 0');
    release();
    await left;
    expect(offsets.asked.map(({ generation }) => generation)).toEqual([1, 1]);
    expect([...offsets.stored]).toEqual([]);
  });

  it('try a commit again that found no broker, and let no lower offset overtake a higher one', async () => {
    const { log, offsets, sessions, event } = given();
    await log.append(topic, 0, [record('a'), record('b'), record('c')]);
    sessions.joined(holding(0), identity(1), false);
    await event('0/2');
    offsets.failures = 1;
    const release = offsets.hold();
    sessions.settle(topic, 0, 1);
    await until('a commit under way', () => offsets.asked.length === 1);
    sessions.settle(topic, 0, 3);
    release();
    await until('the second commit', () => offsets.stored.get(`${topic}/0`) === 3);
    expect(offsets.asked.at(-1)!.offsets).toEqual([[topic, 0, 3]]);
  });

  it('commit under the next generation what the one before did not take any more, where nobody else held it', async () => {
    const { log, offsets, seen, sessions, event } = given();
    await log.append(topic, 0, [record('a'), record('b'), record('c')]);
    sessions.joined(holding(0), identity(1), false);
    await event('0/2');
    offsets.generation = 2;
    sessions.settle(topic, 0, 1);
    await until('a commit that is refused', () => offsets.asked.length === 1);
    sessions.settle(topic, 0, 2);
    await sessions.left();
    sessions.joined(holding(0), identity(2), true);
    await until('the record that was not settled', () => seen.events.filter((each) => each === '0/2').length === 2);
    await sessions.left();
    expect(seen.events).toEqual(['joined 0', '0/0', '0/1', '0/2', 'left', 'joined 0', '0/2', 'left']);
    sessions.joined(holding(0), identity(2), true);
    await until('a third session', () => seen.events.at(-1) === '0/2' && seen.events.length > 8);
    expect(offsets.asked.filter(({ generation }) => generation === 2)).toHaveLength(1);
    await sessions.left();
  });

  it('take nothing for first-hand in a partition whose end nobody asked for', async () => {
    const { seen, sessions, event } = given();
    sessions.joined(holding(0), identity(1), false);
    await event('joined 0');
    expect(seen.assignment!.endOf(topic, 0)).toBe(0);
    expect(seen.assignment!.endOf(topic, 1)).toBe(Infinity);
  });

  it('say neither joined nor left of an assignment that was over before it was read', async () => {
    const { seen, sessions, event } = given();
    sessions.joined(holding(0), identity(1), false);
    await sessions.left();
    sessions.joined(holding(1), identity(2), false);
    await event('joined 1');
    expect(seen.events).toEqual(['joined 1']);
  });
});
