import { ProjectionLoop } from '@millrace/runtime';
import { topics } from '../world/brokers.ts';
import type { SimProcess } from '../world/sim-process.ts';
import { SimReader } from '../world/sim-reader.ts';
import { SimStore } from '../world/sim-store.ts';
import type { ServiceWorld } from './service-world.ts';
import { faultOf } from './standing.ts';
import { snapshotsOf } from './snapshots.ts';

/** The real projector in a process of its own. */
export function startProjector(process: SimProcess, world: ServiceWorld): () => Promise<void> {
  const { clock, journal } = process;
  const loop = new ProjectionLoop({
    ...{ topics, clock, journal },
    reader: new SimReader(process, world),
    store: new SimStore(process, world.database, world.faults),
    ownership: world.projectors.member(process),
    knows: world.deploy.knows(process),
    snapshots: snapshotsOf(process, world, 'projection'),
  });
  world.standings.add(process, 'projector', (partition) => {
    const { positions, halted = [] } = loop.standing;
    if (halted.some((each) => each.partition === partition))
      return { acts: false, fault: faultOf(loop.faults, partition) };
    const position = positions[partition];
    return position === undefined ? { acts: false } : { acts: true, position };
  });
  void loop.start();
  return () => loop.stop();
}
