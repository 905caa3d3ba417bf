import { setTimeout as sleep } from 'node:timers/promises';
import type { BenchSystem } from './bench-system.ts';
import type { Figures } from './figures.ts';
import type { MemoryBytes } from './memory-accounting.ts';
import type { Workload } from './workload.ts';

const bulkItems = 1_000;
const callers = 4;
/** Long enough for every process to collect its garbage and to take a snapshot of each partition. */
const settleMs = 90_000;
/** In which the collector gives free pages back to the operating system. */
const returnMs = 1_000;
const hourMs = 3_600_000;

/**
 * Single tasks that nobody serves, and a tenth as many that wait for their time: how much memory each takes over all our
 * processes, once they are visible: resident, of each process the least in the minute and a half after that, left to
 * itself, above what was resident before the load without garbage; and in its heap, without garbage.
 */
export const w10: Workload = {
  title: 'W10 waiting tasks (resident memory of our processes per waiting run)',
  sizeDefault: 1_000_000,
  warmUpSize: 10_000,
  roundsDefault: 1,
  async round(system, { size }) {
    const timed = Math.ceil(size / 10);
    const isWarmUp = size <= w10.warmUpSize;
    const before = await bare(system);
    const waitMs = await submit(system, size, { handler: 'nobody' });
    const waiting = { resident: await settled(system, isWarmUp), ...(await bare(system)) };
    const timeMs = await submit(system, timed, { handler: 'nobody', delayMs: hourMs });
    const delayed = { resident: await settled(system, isWarmUp), ...(await bare(system)) };
    return {
      ...bytesPer('bytes', size, before.collected, waiting.resident),
      ...bytesPer('heapBytes', size, before.heap, waiting.heap),
      ...bytesPer('timedBytes', timed, waiting.collected, delayed.resident),
      ...bytesPer('timedHeapBytes', timed, waiting.heap, delayed.heap),
      waitingVisibleMs: waitMs,
      timedVisibleMs: timeMs,
    } satisfies Figures;
  },
};

async function submit(system: BenchSystem, tasks: number, task: object): Promise<number> {
  const body = JSON.stringify({ items: Array.from({ length: bulkItems }, () => task) });
  const startedAt = performance.now();
  const acceptedBefore = await system.accepted();
  let left = Math.ceil(tasks / bulkItems);
  const call = async (): Promise<void> => {
    while (left-- > 0) await system.post('/v1/bulk', body);
  };
  await Promise.all(Array.from({ length: callers }, call));
  await system.until('all to be visible', async () => (await system.accepted()) - acceptedBefore >= tasks, {
    everyMs: 200,
    withinMs: 600_000,
  });
  return performance.now() - startedAt;
}

/** Heaps without garbage, and what is resident right after that: where the next load begins. */
async function bare(system: BenchSystem): Promise<{ heap: MemoryBytes; collected: MemoryBytes }> {
  const heap = await system.heaps();
  await sleep(returnMs);
  return { heap, collected: system.memory() };
}

async function settled(system: BenchSystem, isWarmUp: boolean): Promise<MemoryBytes> {
  let least = system.memory();
  const until = performance.now() + (isWarmUp ? 0 : settleMs);
  while (performance.now() < until) {
    await sleep(500);
    const now = system.memory();
    least = Object.fromEntries(Object.entries(least).map(([name, bytes]) => [name, Math.min(bytes, now[name]!)]));
  }
  return least;
}

function bytesPer(name: string, count: number, before: MemoryBytes, after: MemoryBytes): Figures {
  const each = Object.entries(after).map(([process, bytes]) => [process, (bytes - before[process]!) / count] as const);
  const sum = each.reduce((total, [, bytes]) => total + bytes, 0);
  return { [`${name} sum`]: sum, ...Object.fromEntries(each.map(([process, bytes]) => [`${name} ${process}`, bytes])) };
}
