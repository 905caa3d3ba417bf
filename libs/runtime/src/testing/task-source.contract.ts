import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RecordWriter, TaskAssignment, TaskSource } from '../ports.js';
import { until } from './until.js';

/** Task topics of one queue with four partitions each, empty, and a group that nobody has joined yet. */
export interface TaskGroupUnderTest {
  readonly queue: string;
  /** At least two bands. */
  readonly topics: readonly string[];
  readonly writer: RecordWriter;
  source(): TaskSource;
  /** Lets the sources that are started join and read; absent where they do so by themselves. */
  turn?(): void;
  close?(): Promise<void>;
}

const partitions = 4;
const record = (text: string) => ({ value: new TextEncoder().encode(text) });

/** What every `TaskSource` promises. `make` gives topics and a group of its own for each test. */
export function taskSourceContract(name: string, make: () => Promise<TaskGroupUnderTest>): void {
  describe(`${name} as a task source`, () => {
    let group: TaskGroupUnderTest;
    let sources: TaskSource[];
    beforeEach(async () => {
      group = await make();
      sources = [];
    });
    afterEach(async () => {
      await Promise.all(sources.map((source) => source.stop()));
      await group.close?.();
    });

    const enter = async () => {
      const source = group.source();
      sources.push(source);
      const seen = {
        source,
        events: [] as string[],
        texts: [] as string[],
        assignment: undefined as TaskAssignment | undefined,
        held: (): readonly number[] => seen.assignment?.queues[group.queue] ?? [],
      };
      await source.start({
        joined: (assignment) => {
          seen.assignment = assignment;
          seen.events.push('joined');
        },
        left: () => {
          seen.assignment = undefined;
          seen.events.push('left');
        },
        records: (topic, partition, records) => {
          const band = group.topics.indexOf(topic);
          for (const { value, offset } of records) {
            seen.texts.push(`${band}/${partition}/${offset} ${new TextDecoder().decode(value)}`);
          }
        },
      });
      return seen;
    };
    const wait = <T>(sentence: string, fact: () => T | undefined | false): Promise<T> =>
      until(sentence, () => {
        group.turn?.();
        return fact();
      });
    const topic = (band: number): string => group.topics[band] ?? '';

    it('joins before it reads, with the ends as they were after the join', async () => {
      await group.writer.append(topic(0), 1, [record('a'), record('b')]);
      const seen = await enter();
      await wait('two records', () => seen.texts.length === 2);
      expect(seen.events).toEqual(['joined']);
      expect(seen.texts).toEqual(['0/1/0 a', '0/1/1 b']);
      expect(seen.assignment?.endOf(topic(0), 1)).toBe(2);
      expect(seen.assignment?.endOf(topic(1), 1)).toBe(0);
      expect(seen.held()).toEqual([0, 1, 2, 3]);
    });

    it('reads all bands of its partitions', async () => {
      const seen = await enter();
      await wait('an assignment', () => seen.assignment);
      await group.writer.append(topic(0), 2, [record('high')]);
      await group.writer.append(topic(1), 2, [record('low')]);
      await wait('a record of each band', () => seen.texts.length === 2);
      expect([...seen.texts].sort()).toEqual(['0/2/0 high', '1/2/0 low']);
    });

    it('tells when the last heartbeat was sent', async () => {
      const seen = await enter();
      const before = seen.source.lastHeartbeatSentAt();
      await wait('a heartbeat', () => seen.source.lastHeartbeatSentAt() > before);
      expect(before).toBe(-Infinity);
    });

    it('says left before each next join, and shares partition numbers between two members', async () => {
      const first = await enter();
      await wait('an assignment', () => first.held().length === partitions);
      const second = await enter();
      await wait('two shares', () => first.held().length === 2 && second.held().length === 2);
      expect([...first.held(), ...second.held()].sort()).toEqual([0, 1, 2, 3]);
      expect(first.events.length).toBeGreaterThanOrEqual(3);
      expect(first.events.filter((event, index) => event !== (index % 2 === 0 ? 'joined' : 'left'))).toEqual([]);
    });

    it('reads again what was not settled, and nothing that was', async () => {
      await group.writer.append(topic(0), 0, ['a', 'b', 'c'].map(record));
      const first = await enter();
      await wait('three records', () => first.texts.length === 3);
      first.source.settle(topic(0), 0, 2);
      await first.source.stop();
      const second = await enter();
      await wait('the record that was not settled', () => second.texts.length > 0);
      expect(second.texts).toEqual(['0/0/2 c']);
    });

    it('says left when it stops, and tolerates being stopped twice', async () => {
      const seen = await enter();
      await wait('an assignment', () => seen.assignment);
      await seen.source.stop();
      await seen.source.stop();
      expect(seen.events).toEqual(['joined', 'left']);
    });

    it('ignores what is settled for a partition that it does not hold', async () => {
      const seen = await enter();
      seen.source.settle(topic(0), 3, 9);
      await wait('an assignment', () => seen.assignment);
      await group.writer.append(topic(0), 3, [record('a')]);
      await wait('the record', () => seen.texts.length === 1);
    });
  });
}
