import { InMemoryLog } from './in-memory-log.js';
import { InMemoryProjectionStore } from './in-memory-projection-store.js';
import { ManualClock } from './manual-clock.js';
import { projectionStoreContract } from './projection-store.contract.js';
import { recordReaderContract, type LogUnderTest } from './record-reader.contract.js';
import { recordWriterContract } from './record-writer.contract.js';

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
