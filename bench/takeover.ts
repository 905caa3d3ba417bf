import { setTimeout as sleep } from 'node:timers/promises';
import type { BenchSystem } from './bench-system.ts';
import { DispatchTail } from './dispatch-tail.ts';
import { percentile, type Figures } from './figures.ts';
import type { Workload } from './workload.ts';

/** Every partition gets a task about every 80 ms: eight partitions in turn. */
const everyMs = 10;
const tasksEach = 4;

/** What became of the partitions of one dispatcher after a signal. */
interface Sample {
  /** From the signal to the first decision of the next epoch, by append time. */
  readonly tookMs: number;
  /** The longest time without a decision from the last one before the signal to that one. */
  readonly pauseMs: number;
}

/**
 * Two dispatchers under load: one gets a signal, and its partitions are taken over by the other. Then all wait until both
 * own half of the partitions again.
 */
export const takeover: Workload = {
  title: 'Take-over (signal to a dispatcher until the next decision of the next epoch, per partition)',
  sizeDefault: 20,
  warmUpSize: 1,
  roundsDefault: 1,
  needs: { replicas: { dispatcher: 2 } },
  async round(system, { size }) {
    const tail = new DispatchTail(system.local);
    await tail.start();
    const load = new Load(system);
    const figures: Record<string, number> = {};
    try {
      for (const [name, signal] of [
        ['graceful', 'SIGTERM'],
        ['kill', 'SIGKILL'],
      ] as const) {
        const samples: Sample[] = [];
        for (let turn = 0; turn < size; turn++) samples.push(...(await signalled(system, tail, turn % 2, signal)));
        Object.assign(figures, figuresOf(name, samples));
      }
    } finally {
      await load.stop();
      await tail.stop();
    }
    return figures;
  },
};

function figuresOf(name: string, samples: readonly Sample[]): Figures {
  const took = samples.map(({ tookMs }) => tookMs);
  const pauses = samples.map(({ pauseMs }) => pauseMs);
  return {
    [`${name} samples`]: samples.length,
    [`${name} p50Ms`]: percentile(took, 50),
    [`${name} p99Ms`]: percentile(took, 99),
    [`${name} pause p50Ms`]: percentile(pauses, 50),
    [`${name} pause p99Ms`]: percentile(pauses, 99),
  };
}

async function signalled(
  system: BenchSystem,
  { seen }: DispatchTail,
  index: number,
  signal: 'SIGTERM' | 'SIGKILL',
): Promise<Sample[]> {
  await system.until('both dispatchers to own half of the partitions', async () => {
    const owned = await Promise.all([0, 1].map((each) => ownedBy(system, each)));
    return owned.every(({ length }) => length * 2 === seen.length);
  });
  await sleep(1_000);
  const partitions = await ownedBy(system, index);
  const before = partitions.map((partition) => seen[partition]!.at(-1)!);
  const counts = partitions.map((partition) => seen[partition]!.length);
  const at = Date.now();
  if (!system.local.kill('dispatcher', index, signal)) throw new Error(`Expected dispatcher ${index} to run.`);
  const firstOf = (place: number) => {
    const from = counts[place]! - 1;
    return seen[partitions[place]!]!.findIndex((each, where) => where > from && each.epoch > before[place]!.epoch);
  };
  await system.until('every partition to be taken over', async () =>
    partitions.every((_partition, place) => firstOf(place) >= 0),
  );
  return partitions.map((partition, place) => {
    const until = firstOf(place);
    const times = seen[partition]!.slice(counts[place]! - 1, until + 1).map((each) => each.at);
    const pauses = times.slice(1).map((time, where) => time - times[where]!);
    return { tookMs: times.at(-1)! - at, pauseMs: Math.max(...pauses) };
  });
}

/** The partitions that a dispatcher says it owns; none while it does not answer. */
async function ownedBy({ local }: BenchSystem, index: number): Promise<number[]> {
  try {
    const response = await fetch(`${local.urlsOf('dispatcher')[index]}/readyz`, { signal: AbortSignal.timeout(1_000) });
    const text = await response.text();
    const owned = /owns ((?:\d+(?:, )?)+)/.exec(text)?.[1] ?? '';
    return owned === '' ? [] : owned.split(', ').map(Number);
  } catch {
    return [];
  }
}

class Load {
  #stopped = false;
  readonly #loop: Promise<void>;

  constructor(system: BenchSystem) {
    this.#loop = this.#run(system);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#loop;
  }

  async #run(system: BenchSystem): Promise<void> {
    const body = JSON.stringify({ items: Array.from({ length: tasksEach }, () => ({ handler: 'noop' })) });
    const sent = new Set<Promise<unknown>>();
    while (!this.#stopped) {
      const post = system.post('/v1/bulk', body);
      sent.add(post);
      void post.finally(() => sent.delete(post));
      await sleep(everyMs);
    }
    await Promise.all(sent);
  }
}
