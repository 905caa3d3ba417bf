import { DispatchLoop, LogItems } from '@millrace/runtime';
import { topics } from '../world/brokers.ts';
import type { SimProcess } from '../world/sim-process.ts';
import { SimReader } from '../world/sim-reader.ts';
import { SimWriter } from '../world/sim-writer.ts';
import type { ServiceWorld } from './service-world.ts';
import { faultOf } from './standing.ts';
import { snapshotsOf } from './snapshots.ts';

/** The real dispatcher in a process of its own. */
export function startDispatcher(process: SimProcess, world: ServiceWorld): () => Promise<void> {
  const { chance, dispatchers, giveUpMs } = world;
  const { clock, journal } = process;
  const loop = new DispatchLoop({
    ...{ topics, clock, journal, giveUpMs },
    logReader: new SimReader(process, world),
    heartbeatReader: new SimReader(process, world),
    items: new LogItems(new SimReader(process, world), topics.log),
    writer: new SimWriter(process, world),
    ownership: dispatchers.member(process),
    by: `${process.name}-${chance.hex(8)}`,
    nonce: () => chance.hex(32),
    knows: world.deploy.knows(process),
    snapshots: snapshotsOf(process, world, 'state'),
  });
  world.standings.add(process, 'dispatcher', (partition) => {
    const told = loop.partitions.find((each) => each.partition === partition);
    if (told?.phase === 'halted') return { acts: false, fault: faultOf(loop.faults, partition) };
    return { acts: told?.phase === 'owning', ...(told !== undefined && { position: told.position }) };
  });
  void loop.start();
  return () => loop.stop();
}
