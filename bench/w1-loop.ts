import { setTimeout as sleep } from 'node:timers/promises';
import { spreadOf, type Figures } from './figures.ts';
import type { MemoryBytes } from './memory-accounting.ts';
import { w1 } from './w1-bulk.ts';
import type { Workload } from './workload.ts';

const minuteMs = 60_000;
const sampleMs = 1_000;
const tasksPerRound = 100_000;
/** In which a process has reached its working size. */
const earlyMinute = 2;
const bytesPerMiB = 1_048_576;

/** W1 again and again for `size` minutes: what the last minute takes of memory beside the second one. */
export const w1Loop: Workload = {
  title: 'W1 in a loop (median resident MiB of our processes in the last minute beside the second)',
  sizeDefault: 10,
  warmUpSize: 1,
  roundsDefault: 1,
  async round(system, { size }) {
    const from = performance.now();
    const minutes = new Map<number, MemoryBytes[]>();
    const over = { is: false };
    const sampling = (async () => {
      while (!over.is) {
        const minute = Math.floor((performance.now() - from) / minuteMs) + 1;
        minutes.set(minute, [...(minutes.get(minute) ?? []), system.memory()]);
        await sleep(sampleMs);
      }
    })();
    let rounds = 0;
    try {
      for (; performance.now() - from < size * minuteMs; rounds++) await w1.round(system, { size: tasksPerRound });
    } finally {
      over.is = true;
      await sampling;
    }
    const early = mediansOf(minutes.get(Math.min(earlyMinute, size))!);
    const late = mediansOf(minutes.get(size)!);
    return {
      tasks: rounds * tasksPerRound,
      growth: late['sum']! / early['sum']!,
      ...named(`residentMiB minute ${Math.min(earlyMinute, size)}`, early),
      ...named(`residentMiB minute ${size}`, late),
    } satisfies Figures;
  },
};

/** Of each process and of their sum. */
function mediansOf(samples: readonly MemoryBytes[]): Figures {
  const sum = spreadOf(samples.map((each) => Object.values(each).reduce((total, bytes) => total + bytes, 0))).median;
  const names = Object.keys(samples[0]!);
  return {
    sum,
    ...Object.fromEntries(names.map((name) => [name, spreadOf(samples.map((each) => each[name]!)).median])),
  };
}

function named(name: string, bytes: Figures): Figures {
  return Object.fromEntries(Object.entries(bytes).map(([process, each]) => [`${name} ${process}`, each / bytesPerMiB]));
}
