import { w1 } from './w1-bulk.ts';
import type { Workload } from './workload.ts';

/** W1 with an eye on the workers alone: all that their processes do, Kafka's client and heartbeats included. */
export const workerOverhead: Workload = {
  ...w1,
  title: 'Overhead of the worker: CPU of all worker processes a no-op task in bulk',
  roundsDefault: 3,
  async round(system, options) {
    const { tasksPerSecond, ...figures } = await w1.round(system, options);
    const workers = Object.entries(figures).filter(([name]) => name.startsWith('cpuUs worker'));
    return {
      workerUs: workers.reduce((sum, [, us]) => sum + us, 0),
      ...Object.fromEntries(workers),
      tasksPerSecond: tasksPerSecond!,
    };
  },
};
