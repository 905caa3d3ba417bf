import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { BenchSystem } from './bench-system.ts';
import { fanOut } from './fan-out.ts';
import type { Figures } from './figures.ts';
import { submitAndWait } from './submit-and-wait.ts';
import type { Workload } from './workload.ts';

const nodeCounts = [10_000, 100_000, 1_000_000];
const systemNodes = 100_000;
/** A size takes some 30 s of CPU with what it repeats. */
const engineMs = 300_000;

/**
 * A root, leaves and a join of 10,000, 100,000 and 1,000,000 nodes folded as events, each size in a process of its own
 * (`engine-alone.ts`): registration (the definition read, checked and planned, once a partition and version), and apart from it the engine's own
 * part of a run (birth, every choice, every report); and 100,000 no-op nodes on the whole system.
 */
export const w11: Workload = {
  title: 'W11 large runs (CPU of the engine alone per node; a run of 100,000 nodes on the whole system)',
  sizeDefault: systemNodes,
  warmUpSize: 1_000,
  roundsDefault: 1,
  async round(system, { size }) {
    const figures: Record<string, number> = {};
    const isWarmUp = size <= w11.warmUpSize;
    for (const nodes of isWarmUp ? [] : nodeCounts) {
      const cost = await engineAlone(nodes);
      for (const [name, value] of Object.entries(cost)) figures[`${name} ${nodes}`] = value;
    }
    if (!isWarmUp) figures['engineUs growth'] = figures['engineUs 1000000']! / figures['engineUs 100000']!;
    return { ...figures, ...(await wholeSystem(system, size)) } satisfies Figures;
  },
};

async function engineAlone(nodes: number): Promise<Figures> {
  const script = new URL('./engine-alone.ts', import.meta.url).pathname;
  const { stdout } = await promisify(execFile)(process.execPath, [...process.execArgv, script, String(nodes)], {
    timeout: engineMs,
  });
  return JSON.parse(stdout) as Figures;
}

async function wholeSystem(system: BenchSystem, nodes: number): Promise<Figures> {
  const definition = fanOut(nodes);
  const startedAt = performance.now();
  await system.post('/v1/workflows', JSON.stringify(definition));
  const registerMs = performance.now() - startedAt;
  const { tookMs } = await submitAndWait(system, definition.name, nodes);
  return { systemRegisterMs: registerMs, systemRunMs: tookMs };
}
