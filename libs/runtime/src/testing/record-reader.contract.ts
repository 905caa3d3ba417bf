import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { OffsetOutOfRange, TopicMissing, type RecordReader, type RecordWriter } from '../ports.js';

/** A reader and a writer of one empty topic of two partitions with LogAppendTime. */
export interface LogUnderTest {
  readonly reader: RecordReader;
  readonly writer: RecordWriter;
  readonly topic: string;
  /** Lets time pass for a long poll to end; absent where time passes by itself. */
  pass?(ms: number): void;
  close?(): Promise<void>;
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const text = (value: Uint8Array | undefined): string => new TextDecoder().decode(value);

/** What every `RecordReader` promises. `make` gives an empty topic for each test. */
export function recordReaderContract(name: string, make: () => Promise<LogUnderTest>): void {
  describe(`${name} as a record reader`, () => {
    let log: LogUnderTest;
    beforeEach(async () => {
      log = await make();
    });
    afterEach(async () => {
      await log.reader.close();
      await log.close?.();
    });
    const at = (offset: number, partition = 0) => ({ topic: log.topic, partition, offset });

    it('gives what was appended, in order, with offsets, append times and checksums', async () => {
      const first = await log.writer.append(log.topic, 0, [{ value: bytes('a'), headers: { crc32: '0a0b0c0d' } }]);
      await log.writer.append(log.topic, 0, [
        { value: bytes('b') },
        { value: bytes('c'), headers: { crc32: 'nonsense' } },
      ]);
      const records = await readTo(log, 3);
      expect(records.map(({ offset, value, crc }) => [offset, text(value), crc])).toEqual([
        [0, 'a', 0x0a0b0c0d],
        [1, 'b', undefined],
        [2, 'c', undefined],
      ]);
      expect(records[0]?.at).toBe(first.at);
    });

    it('gives the other headers as bytes, and none where there are none', async () => {
      const headers = { ce_id: 'é', crc32: '0a0b0c0d', empty: '' };
      await log.writer.append(log.topic, 0, [{ value: bytes('a'), headers }, { value: bytes('b') }]);
      const [first, second] = await readTo(log, 2);
      expect([...(first?.headers ?? [])].map(([name, value]) => [name, text(value)])).toEqual([
        ['ce_id', 'é'],
        ['empty', ''],
      ]);
      expect([first?.crc, second?.headers]).toEqual([0x0a0b0c0d, undefined]);
    });

    it('begins at the wanted offset, also inside an append of several records', async () => {
      await log.writer.append(
        log.topic,
        0,
        ['a', 'b', 'c'].map((each) => ({ value: bytes(each) })),
      );
      const [fetched] = await log.reader.fetch([at(1)], 5_000);
      expect(fetched?.records.map(({ value }) => text(value))).toEqual(['b', 'c']);
      expect(fetched?.endOffset).toBe(3);
    });

    it('answers empty when nothing came in time', async () => {
      const fetching = log.reader.fetch([at(0), at(0, 1)], 50);
      log.pass?.(50);
      expect(await fetching).toEqual([]);
    });

    it('wakes up when a record arrives at any of the positions', async () => {
      const fetching = log.reader.fetch([at(0), at(0, 1)], 20_000);
      await log.writer.append(log.topic, 1, [{ value: bytes('x') }]);
      expect((await fetching).map(({ partition }) => partition)).toEqual([1]);
    });

    it('throws for an offset that is not there, and goes on reading elsewhere', async () => {
      await log.writer.append(log.topic, 0, [{ value: bytes('a') }]);
      const failure = await log.reader.fetch([at(5)], 1_000).catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(OffsetOutOfRange);
      expect(failure).toMatchObject({ topic: log.topic, partition: 0, offset: 5 });
      expect(await log.reader.fetch([at(0)], 5_000)).toHaveLength(1);
    });

    it('waits at the end of a partition', async () => {
      await log.writer.append(log.topic, 0, [{ value: bytes('a') }]);
      const fetching = log.reader.fetch([at(1)], 20_000);
      await log.writer.append(log.topic, 0, [{ value: bytes('b') }]);
      expect((await fetching)[0]?.records.map(({ offset }) => offset)).toEqual([1]);
    });

    it('tells the bounds of a partition', async () => {
      expect(await log.reader.bounds(log.topic, 1)).toEqual({ start: 0, end: 0 });
      await log.writer.append(log.topic, 1, [{ value: bytes('a') }, { value: bytes('b') }]);
      expect(await log.reader.bounds(log.topic, 1)).toEqual({ start: 0, end: 2 });
    });

    it('names a topic that does not exist', async () => {
      const position = { topic: `${log.topic}-absent`, partition: 0, offset: 0 };
      await expect(log.reader.fetch([position], 1_000)).rejects.toBeInstanceOf(TopicMissing);
      await expect(log.reader.bounds(position.topic, 0)).rejects.toMatchObject({ topic: position.topic });
    });

    it('ends a long poll when it is closed, and tolerates being closed twice', async () => {
      const fetching = log.reader.fetch([at(0)], 20_000);
      await log.reader.close();
      await log.reader.close();
      expect(await fetching).toEqual([]);
    });
  });
}

async function readTo({ reader, topic }: LogUnderTest, count: number) {
  const records = [];
  while (records.length < count) {
    const fetched = await reader.fetch([{ topic, partition: 0, offset: records.length }], 5_000);
    expect(fetched).not.toEqual([]);
    records.push(...fetched.flatMap((each) => each.records));
  }
  return records;
}
