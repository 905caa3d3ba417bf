import { setImmediate as nextTurn } from 'node:timers/promises';
import { delivery, settled, TestWorker } from '../libs/worker/dist/testing/given-worker.js';
import type { Figures } from './figures.ts';
import type { LoneWorkload } from './workload.ts';

/** Of one record of a task topic. */
const recordTasks = 64;
/** Fed before the worker is waited for. */
const feedTasks = 512;

/**
 * No-op tasks in bulk, from the bytes of a task record to the bytes of a frame with its reports: the SDK alone, on a log in memory and a
 * group that the bench plays. Kafka's client and the heartbeat thread are not in it; W1 has them.
 */
export const workerOverhead: LoneWorkload = {
  title: 'Overhead of the worker: CPU of its SDK a no-op task in bulk',
  needs: 'nothing',
  sizeDefault: 50_000,
  warmUpSize: 50_000,
  roundsDefault: 5,
  async round({ size }) {
    const test = await new TestWorker({ slots: 100, creditsMax: 512 }).join();
    test.worker.handle('noop', async () => undefined);
    let reported = 0;
    let usedUs = 0;
    for (let fed = 0; fed < size; fed += feedTasks) {
      const records = Array.from({ length: feedTasks / recordTasks }, () =>
        Array.from({ length: recordTasks }, () => delivery('noop')),
      );
      const before = process.cpuUsage();
      const offset = records.map((tasks) => test.deliver(tasks)).at(-1)!;
      for (let turn = 0; test.settledTo <= offset; turn++) {
        if (turn > 10_000) throw new Error('Expected every task to be reported, but some were not: the round is void.');
        await nextTurn();
      }
      const { user, system } = process.cpuUsage(before);
      usedUs += user + system;
      reported += feedTasks;
    }
    await settled();
    const ended = test.of('TaskFinished').length;
    if (ended !== reported) throw new Error(`Expected ${reported} reports, but found ${ended}: the round is void.`);
    await test.worker.stop();
    return { workerUs: usedUs / reported } satisfies Figures;
  },
};
