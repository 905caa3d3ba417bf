import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RecordTooLarge, TopicMissing } from '../ports.js';
import type { LogUnderTest } from './record-reader.contract.js';

const record = (text: string) => ({ value: new TextEncoder().encode(text) });

/** What every `RecordWriter` promises. `make` gives an empty topic for each test. */
export function recordWriterContract(name: string, make: () => Promise<LogUnderTest>): void {
  describe(`${name} as a record writer`, () => {
    let log: LogUnderTest;
    beforeEach(async () => {
      log = await make();
    });
    afterEach(async () => {
      await log.reader.close();
      await log.close?.();
    });
    const textsOf = async (partition: number): Promise<string[]> => {
      const fetched = await log.reader.fetch([{ topic: log.topic, partition, offset: 0 }], 5_000);
      return fetched.flatMap(({ records }) => records.map(({ value }) => new TextDecoder().decode(value)));
    };

    it('tells the offset of the first record and when it was appended', async () => {
      expect(await log.writer.append(log.topic, 0, [record('a'), record('b')])).toMatchObject({ offset: 0 });
      const { offset, at } = await log.writer.append(log.topic, 0, [record('c')]);
      expect(offset).toBe(2);
      expect(at).toBeGreaterThan(1_600_000_000_000);
    });

    it('keeps the order of appends that are under way together', async () => {
      const texts = Array.from({ length: 50 }, (_, index) => `${index}`);
      await Promise.all(texts.map((text) => log.writer.append(log.topic, 1, [record(text)])));
      expect(await textsOf(1)).toEqual(texts);
    });

    it('appends to several partitions at once', async () => {
      await log.writer.appendAll([
        { topic: log.topic, partition: 0, records: [record('a')] },
        { topic: log.topic, partition: 1, records: [record('b'), record('c')] },
      ]);
      expect(await textsOf(0)).toEqual(['a']);
      expect(await textsOf(1)).toEqual(['b', 'c']);
    });

    it('appends to one partition more than a batch may hold, in order', async () => {
      const records = Array.from({ length: 12 }, (_, index) => record(String.fromCharCode(97 + index).repeat(200_000)));
      await log.writer.appendAll([
        { topic: log.topic, partition: 0, records: records.slice(0, 7) },
        { topic: log.topic, partition: 1, records: [record('z')] },
        { topic: log.topic, partition: 0, records: records.slice(7) },
      ]);
      const initials: string[] = [];
      while (initials.length < 12) {
        const [fetched] = await log.reader.fetch([{ topic: log.topic, partition: 0, offset: initials.length }], 5_000);
        initials.push(...fetched!.records.map(({ value }) => new TextDecoder().decode(value!.subarray(0, 1))));
      }
      expect(initials.join('')).toBe('abcdefghijkl');
      expect(await textsOf(1)).toEqual(['z']);
    });

    it('writes a view into a larger buffer as what it shows', async () => {
      const buffer = new TextEncoder().encode('before-inside-after');
      await log.writer.append(log.topic, 0, [{ key: 'k', value: buffer.subarray(7, 13) }]);
      expect(await textsOf(0)).toEqual(['inside']);
    });

    it('refuses what is over the limit of the topic, and goes on', async () => {
      const large = { value: new Uint8Array(1024 * 1024 + 1) };
      await expect(log.writer.append(log.topic, 0, [large])).rejects.toBeInstanceOf(RecordTooLarge);
      expect(await log.writer.append(log.topic, 0, [record('a')])).toMatchObject({ offset: 0 });
    });

    it('names a topic that does not exist', async () => {
      const topic = `${log.topic}-absent`;
      await expect(log.writer.append(topic, 0, [record('a')])).rejects.toBeInstanceOf(TopicMissing);
      await expect(log.writer.appendAll([{ topic, partition: 0, records: [record('a')] }])).rejects.toBeInstanceOf(
        TopicMissing,
      );
    });
  });
}
