import { InMemoryLog, ManualClock, quietJournal, snapshotStoreContract } from './testing/index.js';
import { topics } from './testing/dispatch-given-owner.js';
import { TopicSnapshotStore } from './topic-snapshot-store.js';

snapshotStoreContract('TopicSnapshotStore in memory', async () => {
  const clock = new ManualClock();
  const log = new InMemoryLog(clock, { [topics.snapshots]: 2, [topics.manifests]: 2 });
  const reader = log.reader();
  const store = new TopicSnapshotStore({
    reader: {
      ...reader,
      fetch: (positions) => reader.fetch(positions, 0),
      bounds: (...of) => reader.bounds(...of),
      close: () => reader.close(),
    },
    writer: log,
    trimmer: log,
    topics,
    journal: quietJournal(),
  });
  return {
    store,
    writeManifest: async (partition, value) => void (await log.append(topics.manifests, partition, [{ value }])),
    firstChunk: async (partition) => log.partition(topics.snapshots, partition).start,
  };
});
