import {
  SnapshotKeeper,
  SnapshotRecovery,
  TopicSnapshotStore,
  type PartitionFold,
  type SnapshotContent,
  type SnapshotKeeperOptions,
  type Snapshots,
} from '@millrace/runtime';
import type { FoldSightings } from '../oracles/fold-sightings.ts';
import { topics } from '../world/brokers.ts';
import type { SimProcess } from '../world/sim-process.ts';
import { SimReader } from '../world/sim-reader.ts';
import { SimWriter } from '../world/sim-writer.ts';
import type { ServiceWorld } from './service-world.ts';

/** Worlds are short: snapshots are due often. */
const everyEntries = 40;
const everyMs = 8_000;

/** Shows every fold that is offered to it to whoever compares them. */
class SeenKeeper extends SnapshotKeeper {
  readonly #process: SimProcess;
  readonly #sightings: FoldSightings;

  constructor(options: SnapshotKeeperOptions, process: SimProcess, sightings: FoldSightings) {
    super(options);
    this.#process = process;
    this.#sightings = sightings;
  }

  override consider(fold: PartitionFold, rows?: () => Iterable<unknown>): void {
    this.#sightings.saw(this.#process, fold);
    super.consider(fold, rows);
  }
}

/** The real snapshots of one process, on the simulated topics. */
export function snapshotsOf(process: SimProcess, world: ServiceWorld, content: SnapshotContent): Snapshots {
  const { brokers, sightings } = world;
  const { clock, journal } = process;
  const store = new TopicSnapshotStore({
    reader: new SimReader(process, world),
    writer: new SimWriter(process, world),
    trimmer: {
      deleteBelow: (topic, partition, offset) =>
        process.ask('delete records', () => brokers.partition(topic, partition).trim(offset)),
    },
    ...{ topics, journal },
  });
  return {
    recovery: new SnapshotRecovery({
      ...{ store, reader: new SimReader(process, world), topics, journal, knows: world.deploy.knows(process) },
    }),
    keeper: new SeenKeeper({ store, content, clock, journal, everyEntries, everyMs }, process, sightings),
  };
}
