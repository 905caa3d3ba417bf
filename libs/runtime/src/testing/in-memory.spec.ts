import { InMemoryLog } from './in-memory-log.js';
import { InMemoryProjectionStore } from './in-memory-projection-store.js';
import { InMemoryGroup } from './in-memory-ownership-hint.js';
import { InMemoryTaskSource } from './in-memory-task-source.js';
import { ManualClock } from './manual-clock.js';
import { ownershipHintContract } from './ownership-hint.contract.js';
import { projectionStoreContract } from './projection-store.contract.js';
import { recordReaderContract, type LogUnderTest } from './record-reader.contract.js';
import { recordWriterContract } from './record-writer.contract.js';
import { taskSourceContract, type TaskGroupUnderTest } from './task-source.contract.js';

async function makeLog(): Promise<LogUnderTest> {
  const clock = new ManualClock();
  const log = new InMemoryLog(clock, { log: 2 });
  return { reader: log.reader(), writer: log, topic: 'log', pass: (ms) => clock.advance(ms) };
}

recordReaderContract('InMemoryLog', makeLog);
recordWriterContract('InMemoryLog', makeLog);
projectionStoreContract('InMemoryProjectionStore', async () => {
  const store = new InMemoryProjectionStore();
  return { store, read: async () => store.rows() };
});

ownershipHintContract('InMemoryOwnershipHint', async () => {
  const group = new InMemoryGroup(8);
  return { partitions: 8, member: () => group.member() };
});

/** Joins its members as a broker would: all again whenever one comes or goes. */
taskSourceContract('InMemoryTaskSource', async (): Promise<TaskGroupUnderTest> => {
  const clock = new ManualClock();
  const topics = ['tasks.high', 'tasks.low'];
  const log = new InMemoryLog(clock, { 'tasks.high': 4, 'tasks.low': 4 });
  const committed = new Map<string, number>();
  const sources: InMemoryTaskSource[] = [];
  let joined = 0;
  return {
    queue: 'default',
    topics,
    writer: log,
    source: () => {
      const source = new InMemoryTaskSource(log, clock, { default: topics }, committed);
      sources.push(source);
      return source;
    },
    turn: () => {
      if (joined !== sources.length) {
        joined = sources.length;
        const running = sources.filter((source) => source.isStarted);
        const shares = running.map((_, index) =>
          [0, 1, 2, 3].filter((partition) => partition % running.length === index),
        );
        for (const [index, source] of running.entries()) source.join({ default: shares[index] ?? [] });
      }
      for (const source of sources) source.deliver();
    },
  };
});
