import { chanceMax } from '@millrace/domain';
import { controlPartitions } from '@millrace/protocol';
import { LogItems } from '@millrace/runtime';
import { BoardHeart, BoardView, workerOf } from '@millrace/worker/engine';
import { SimAloneRuns } from '../workload/sim-alone-runs.ts';
import { logPartitions, topics } from '../world/brokers.ts';
import type { SimProcess } from '../world/sim-process.ts';
import { SimReader } from '../world/sim-reader.ts';
import { SimTaskSource } from '../world/sim-task-source.ts';
import { SimWriter } from '../world/sim-writer.ts';
import type { ServiceWorld } from './service-world.ts';

const slots = 6;

/** The real worker in a process of its own. `heart` is its second thread: it beats while the first one is blocked. */
export function startWorker(process: SimProcess, heart: SimProcess, world: ServiceWorld): () => Promise<void> {
  const { chance, performances, workers, giveUpMs } = world;
  const { clock, journal } = process;
  const monotonicMs = (): number => clock.uptimeMs();
  const worker = workerOf({
    name: process.name,
    ...{ topics, slots, clock, journal, monotonicMs, giveUpMs },
    creditsMax: 64,
    inputBytesMax: 67_108_864,
    drainMs: 5_000,
    listedMax: 256,
    draw: () => chance.between(0, chanceMax),
    nonce: () => chance.hex(32),
    alone: new SimAloneRuns(process, performances),
    connect: async (id) => {
      performances.incarnated(process, id);
      return {
        ...{ logPartitions, controlPartitions },
        source: new SimTaskSource(process, world, workers, world.queuePlan.servedBy(process.name)),
        control: new SimReader(process, world),
        items: new LogItems(new SimReader(process, world), topics.log),
        writer: new SimWriter(process, world),
        openHeart: ({ board: { memory } }) =>
          new BoardHeart({
            ...{ id, topic: topics.workers, board: new BoardView(memory), clock: heart.clock },
            writer: new SimWriter(heart, world),
            monotonicMs,
            warn: () => undefined,
          }),
        close: async () => undefined,
      };
    },
  });
  for (const { name, claimFirst, handler } of performances.handlersOf(process)) {
    worker.handle(name, { claimFirst }, handler);
  }
  void worker.start();
  return () => worker.stop();
}
