import { silent, type PartitionState } from '@millrace/domain';
import * as given from '@millrace/domain/testing';
import { topicsOf } from '@millrace/protocol';
import { expect, it } from 'vitest';
import { advanceRules } from './advance-rules.js';
import { ensureBorn, LineageFault } from './births.js';
import { PartitionFold } from './partition-fold.js';
import { LogUnavailable } from './ports.js';
import { InMemoryLog, ManualClock, quietJournal } from './testing/index.js';

const topic = topicsOf('t').log;
const partitions = [0, 1, 2];

async function givenLog() {
  const clock = new ManualClock(given.epochStart);
  const log = new InMemoryLog(clock, { [topic]: partitions.length });
  const births = { topic, partitions: partitions.length, cluster: 'test', clock, nonce: () => 'a'.repeat(32) };
  await ensureBorn({ reader: log.reader(), writer: log, ...births });
  const advance = (rules: number, command: string, writer = log as Parameters<typeof advanceRules>[0]['writer']) =>
    advanceRules({ ...{ writer, topic, partitions, rules, command, clock, journal: quietJournal() }, giveUpMs: 0 });
  const folded = (partition: number, knows: number): PartitionState => {
    const fold = new PartitionFold(partition, undefined, undefined, knows);
    for (const record of log.partition(topic, partition).records) fold.take(record, silent);
    return fold.state;
  };
  return { log, advance, folded };
}

it('raises the rules of every partition, and nothing more when it is told so again', async () => {
  const { advance, folded } = await givenLog();
  await advance(2, 'rules-a');
  await advance(2, 'rules-b');
  for (const partition of partitions) {
    const { rules, rejected } = folded(partition, 2);
    expect([rules, rejected]).toEqual([2, 1]);
  }
});

it('halts whoever does not know them, right behind the record that raises them', async () => {
  const { advance, folded } = await givenLog();
  await advance(2, 'rules-a');
  expect(() => folded(1, 1)).toThrow(LineageFault);
  expect(() => folded(1, 1)).toThrow(
    /Expected rules up to 1, but partition 1 is under rules 2\. Deploy a newer version\./,
  );
});

it('says that the log does not answer when all other partitions have it, and finishes when it is asked again', async () => {
  const { log, advance, folded } = await givenLog();
  const writer = {
    ...{ appendAll: log.appendAll.bind(log) },
    append: (...args: Parameters<typeof log.append>) =>
      args[1] === 1 ? Promise.reject(new LogUnavailable('Expected an answer.')) : log.append(...args),
  };
  await expect(advance(2, 'rules-a', writer)).rejects.toThrow(LogUnavailable);
  expect(partitions.map((partition) => folded(partition, 2).rules)).toEqual([2, 1, 2]);
  await advance(2, 'rules-b');
  expect(partitions.map((partition) => folded(partition, 2).rules)).toEqual([2, 2, 2]);
});
