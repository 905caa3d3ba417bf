import { parseArgs } from 'node:util';
import { mutantsCommand } from './mutants/mutants-command.ts';
import { everyFaultClass, type FaultClass } from './faults/fault-plan.ts';
import { Scenario } from './scenario.ts';
import { sweep } from './sweep.ts';
import { faultsOf } from './totals.ts';

const usage =
  'Expected: npm run sim -- [--seeds N] [--seed FIRST] [--jobs N] [--story LINES [--whole] [--without CLASS,CLASS]] [--mutants [--record]] [-o table|json]';

/** Within so many seeds every mutant is caught. */
const seedsOfHunt = 200;

function refuse(why: string): never {
  console.error(`${why} ${usage}`);
  process.exit(2);
}

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    seeds: { type: 'string' },
    jobs: { type: 'string', default: '2' },
    story: { type: 'string', default: '0' },
    without: { type: 'string', default: '' },
    whole: { type: 'boolean', default: false },
    mutants: { type: 'boolean', default: false },
    record: { type: 'boolean', default: false },
    output: { type: 'string', short: 'o', default: 'table' },
  },
});
const [seed, seeds, jobs, story] = [values.seed, values.seeds ?? '1', values.jobs, values.story].map(Number) as [
  number,
  number,
  number,
  number,
];
for (const [name, value, least] of [
  ['seed', seed, 0],
  ['seeds', seeds, 1],
  ['jobs', jobs, 1],
  ['story', story, 0],
] as const) {
  if (!Number.isSafeInteger(value) || value < least) refuse(`--${name} is a whole number of at least ${least}.`);
}
if (!['table', 'json'].includes(values.output)) refuse('-o is table or json.');

if (values.mutants) {
  const { output, record } = values;
  process.exit(await mutantsCommand({ seeds: Number(values.seeds ?? seedsOfHunt), jobs, output, record }));
}
const without = new Set(values.without === '' ? [] : (values.without.split(',') as FaultClass[]));
for (const kind of without)
  if (!everyFaultClass.includes(kind)) refuse(`--without names some of ${everyFaultClass.join(', ')}.`);

if (story > 0) {
  const result = await new Scenario({ seed, without, storyLinesMax: story, isStoryWhole: values.whole }).run();
  for (const line of result.story) console.log(line);
  for (const { rule, what } of result.violations) console.log(`VIOLATION ${rule}: ${what}`);
  process.exit(result.violations.length > 0 ? 1 : 0);
}

const begunMs = performance.now();
const totals = await sweep({ from: seed, seeds, jobs: Math.min(jobs, seeds) });
const seconds = Math.round(performance.now() - begunMs) / 1_000;
const { failures, ...figures } = totals;
const report = {
  ...{ seeds: [seed, seed + seeds - 1], ...figures, faultsInAll: faultsOf(totals), seconds },
  scenariosPerSecond: Math.round((10 * totals.scenarios) / seconds) / 10,
  failures,
};
if (values.output === 'json') console.log(JSON.stringify(report, null, 2));
else {
  console.dir({ ...report, failures: failures.length }, { depth: null });
  for (const failure of failures) {
    for (const line of failure.story) console.log(line);
    for (const { rule, what } of failure.violations) console.log(`VIOLATION ${rule}: ${what}`);
    console.log(`seed ${failure.seed}: ${failure.command}\n`);
  }
}
process.exit(failures.length > 0 ? 1 : 0);
