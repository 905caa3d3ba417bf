import { parseArgs } from 'node:util';
import { BenchSystem } from './bench-system.ts';
import { cliStart } from './cli-start.ts';
import { clientOverhead } from './client-overhead.ts';
import { summarize, type Figures } from './figures.ts';
import { describeMachine, loadAverage } from './machine.ts';
import { record, type Result } from './results.ts';
import { w1 } from './w1-bulk.ts';
import { w1Loop } from './w1-loop.ts';
import { w10 } from './w10-waiting.ts';
import { w11 } from './w11-large-run.ts';
import { w11OverHttp } from './w11-over-http.ts';
import { w3 } from './w3-fan-out.ts';
import { w4 } from './w4-chain.ts';
import { w6 } from './w6-idle-latency.ts';
import { w9 } from './w9-restore.ts';
import { takeover } from './takeover.ts';
import { workerOverhead } from './worker-overhead.ts';
import type { LoneWorkload, RoundOptions, Workload } from './workload.ts';

const workloads: Readonly<Record<string, Workload | LoneWorkload>> = {
  w1,
  'w1-loop': w1Loop,
  w3,
  w4,
  w6,
  w9,
  w10,
  w11,
  'w11-over-http': w11OverHttp,
  takeover,
  'cli-start': cliStart,
  'client-overhead': clientOverhead,
  'worker-overhead': workerOverhead,
};
const usage = `Expected: npm run bench -- <${Object.keys(workloads).join('|')}> [--rounds N] [--size N] [-o table|json] [--record]`;

async function measure(name: string, workload: Workload | LoneWorkload, rounds: number, size: number): Promise<Result> {
  const before = loadAverage();
  const { round: measureRound, stop } = await begin(workload);
  try {
    console.error(`${workload.title}: warming up`);
    await measureRound({ size: workload.warmUpSize });
    const measured: Figures[] = [];
    for (let round = 1; round <= rounds; round++) {
      measured.push(await measureRound({ size }));
      console.error(`round ${round} of ${rounds}: ${lineOf(measured.at(-1)!)}`);
    }
    const loads = { before, after: loadAverage() };
    const figures = summarize(measured);
    return {
      workload: name,
      title: workload.title,
      size,
      rounds,
      loadAverage: loads,
      machine: describeMachine(),
      figures,
    };
  } finally {
    await stop();
  }
}

/** Brings up what a workload needs. */
async function begin(workload: Workload | LoneWorkload): Promise<{
  round: (options: RoundOptions) => Promise<Figures>;
  stop: () => Promise<void>;
}> {
  if (workload.needs === 'nothing') return { round: workload.round, stop: async () => undefined };
  const system = await BenchSystem.start(workload.needs);
  return { round: (options) => workload.round(system, options), stop: () => system.stop() };
}

function lineOf(figures: Figures): string {
  return Object.entries(figures)
    .map(([name, value]) => `${name} ${value.toFixed(1)}`)
    .join(', ');
}

function print({ title, size, rounds, loadAverage: load, machine, figures }: Result): void {
  console.log(`${title}\nsize ${size}, ${rounds} rounds, load average ${load.before} before, ${load.after} after`);
  console.log(
    Object.entries(machine)
      .map(([name, value]) => `${name}: ${value}`)
      .join('\n'),
  );
  console.table(
    Object.fromEntries(
      Object.entries(figures).map(([name, { median, min, max }]) => [
        name,
        { median: median.toFixed(1), min: min.toFixed(1), max: max.toFixed(1) },
      ]),
    ),
  );
}

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string' },
    size: { type: 'string' },
    output: { type: 'string', short: 'o', default: 'table' },
    record: { type: 'boolean', default: false },
  },
});
const [name = ''] = positionals;
const workload = workloads[name];
if (workload === undefined || !['table', 'json'].includes(values.output)) {
  console.error(usage);
  process.exit(2);
}
const rounds = Number(values.rounds ?? workload.roundsDefault);
const size = Number(values.size ?? workload.sizeDefault);
if (!Number.isInteger(rounds) || rounds < 1 || !Number.isInteger(size) || size < 1) {
  console.error(`Expected --rounds and --size to be whole numbers of at least 1. ${usage}`);
  process.exit(2);
}
const result = await measure(name, workload, rounds, size);
if (values.record) record(result);
if (values.output === 'json') console.log(JSON.stringify(result, null, 2));
else print(result);
