import { crc32 } from 'node:zlib';
import { runIdOf, silent, type Event } from '@millrace/domain';
import { connectKafka, KafkaRecordWriter, kafkaSnapshotStore } from '@millrace/kafka';
import { encodeFrame, encodeItem, topicsOf } from '@millrace/protocol';
import { PartitionFold, readSnapshot, takeSnapshot } from '@millrace/runtime';
import {
  born,
  pinned,
  singleRequested,
  workflow,
  workflowRequested,
} from '../libs/domain/dist/testing/event-builders.js';
import type { BenchSystem } from './bench-system.ts';
import type { Figures } from './figures.ts';
import type { Workload } from './workload.ts';

const partition = 0;
const frameItems = 500;
const quiet = { info: () => {}, warn: () => {}, error: () => {} };
const diamond = workflow({ top: [], left: ['top'], right: ['top'], bottom: ['left', 'right'] });

/**
 * A partition with so many active runs, half of them single tasks and half diamonds of four, is stored as a snapshot in
 * Kafka and read back: by codec alone, and with Kafka in between.
 */
export const w9: Workload = {
  title: 'W9 restore of active runs from a snapshot (half single tasks, half diamonds of four)',
  sizeDefault: 100_000,
  warmUpSize: 5_000,
  roundsDefault: 3,
  async round(system, { size }) {
    const fold = activeRuns(size);
    const startedAt = performance.now();
    const { header, chunks } = takeSnapshot(fold, 'state');
    const takenAt = performance.now();
    const store = storeOf(system);
    try {
      const manifest = await store.snapshots.save(header, chunks);
      const storedAt = performance.now();
      const loaded: Uint8Array[] = [];
      for await (const chunk of store.snapshots.load(manifest)) loaded.push(chunk);
      const loadedAt = performance.now();
      const { resume } = await readSnapshot(manifest, each(loaded));
      const restoredAt = performance.now();
      const { resume: again } = await readSnapshot(manifest, store.snapshots.load(manifest));
      const againAt = performance.now();
      for (const { state } of [resume, again]) {
        if (state.runs.size !== size || state.hash !== fold.state.hash) {
          throw new Error(`Expected ${size} runs restored, but found ${state.runs.size}: the round is void.`);
        }
      }
      return {
        pauseMs: takenAt - startedAt,
        storeMs: storedAt - takenAt,
        loadMs: loadedAt - storedAt,
        restoreMs: restoredAt - loadedAt,
        kafkaRestoreMs: againAt - restoredAt,
        bytesPerRun: manifest.bytes / size,
      } satisfies Figures;
    } finally {
      await store.close();
    }
  },
};

function activeRuns(size: number): PartitionFold {
  const fold = new PartitionFold(partition);
  let runs = 0;
  const idOf = () => runIdOf(partition, (++runs).toString(16).padStart(32, '0'));
  take(fold, [born(), pinned(diamond)]);
  while (runs < size) {
    const items: Event[] = [];
    while (items.length < frameItems && runs < size) {
      items.push(
        runs % 2 === 0
          ? singleRequested({}, { run: idOf(), input: { day: runs } })
          : workflowRequested(diamond, { run: idOf() }),
      );
    }
    take(fold, items);
  }
  return fold;
}

function take(fold: PartitionFold, items: readonly Event[]): void {
  const offset = fold.position;
  const value = Buffer.from(encodeFrame('bench', offset + 1, 1_700_000_000_000, items.map(encodeItem)));
  fold.take({ offset, at: 1_700_000_000_000 + offset, value, crc: crc32(value), leaderEpoch: 0 }, silent);
}

function storeOf({ local }: BenchSystem) {
  const kafka = connectKafka({ brokers: local.brokers.split(','), clientId: 'bench', journal: quiet });
  const writer = new KafkaRecordWriter(kafka);
  const snapshots = kafkaSnapshotStore(kafka, { topics: topicsOf(local.prefix), writer, journal: quiet });
  return { snapshots, close: async () => void (await Promise.all([snapshots.close(), writer.close()])) };
}

async function* each(chunks: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* chunks;
}
