import { parseArgs } from 'node:util';
import { mutants } from '../sim/mutants/index.ts';
import { putMutants } from '../sim/mutants/put-mutant.ts';
import type { FaultKind } from './moves.ts';
import type { ScopeReport } from './explore.ts';
import { cellsOf, columns } from './told.ts';

const usage =
  'Expected: npm run scope -- [--depth MOVES] [--faults MOST] [--work pair|dated|chain] [--begin cold|owned|running] [--dispatchers 1|2] [--without KIND,KIND] [--mutant NAME] [--record] [-o table|json]';

function refuse(why: string): never {
  console.error(`${why} ${usage}`);
  process.exit(2);
}

const { values } = parseArgs({
  options: {
    depth: { type: 'string' },
    faults: { type: 'string' },
    work: { type: 'string' },
    begin: { type: 'string' },
    dispatchers: { type: 'string' },
    without: { type: 'string', default: '' },
    mutant: { type: 'string' },
    record: { type: 'boolean', default: false },
    output: { type: 'string', short: 'o', default: 'table' },
  },
});
const mutant = mutants.find(({ name }) => name === values.mutant);
if (values.mutant !== undefined && mutant === undefined) refuse(`--mutant is one of docs/mutants.md.`);
if (mutant !== undefined) putMutants([mutant, ...mutants.filter(({ name }) => name === mutant.with)]);

/** Loaded only now: a mutant is put into the code while that is loaded. */
const [{ explore }, { faultKinds }, { begins, works }, { scopes }, { commitNow, record }] = await Promise.all([
  import('./explore.ts'),
  import('./moves.ts'),
  import('./scope-world.ts'),
  import('./scopes.ts'),
  import('./record.ts'),
]);

const without = new Set(values.without === '' ? [] : (values.without.split(',') as FaultKind[]));
for (const kind of without) if (!faultKinds.includes(kind)) refuse(`--without names some of ${faultKinds.join(', ')}.`);
if (!works.some((work) => (values.work ?? work) === work)) refuse('--work is pair, dated or chain.');
if (!begins.some((begin) => (values.begin ?? begin) === begin)) refuse('--begin is cold, owned or running.');
if (!['table', 'json'].includes(values.output)) refuse('-o is table or json.');
const numberOf = (name: 'depth' | 'faults'): number | undefined => {
  const given = values[name];
  if (given === undefined) return undefined;
  const number = Number(given);
  if (given === '' || !Number.isSafeInteger(number) || number < 0) refuse(`--${name} is a whole number.`);
  return number;
};
if (![undefined, '1', '2'].includes(values.dispatchers)) refuse('--dispatchers is 1 or 2.');
const dispatchers = values.dispatchers === '1' ? 1 : 2;
const [depth, faultsMax] = [numberOf('depth'), numberOf('faults')];
const narrowed = (['depth', 'faults', 'work', 'begin', 'dispatchers', 'mutant'] as const).filter(
  (name) => values[name] !== undefined,
);
if (values.record && (narrowed.length > 0 || without.size > 0))
  refuse('--record writes the figures of all scopes: it goes with -o alone.');

/** All four of them say a scope of its own; fewer choose among the list. */
const own = { work: works.find((work) => work === values.work), begin: begins.find((begin) => begin === values.begin) };
const isOwn = own.work !== undefined && own.begin !== undefined && depth !== undefined && faultsMax !== undefined;
const chosen = isOwn
  ? [{ work: own.work!, begin: own.begin!, depth, faultsMax }]
  : scopes.filter(
      (scope) =>
        (own.work ?? scope.work) === scope.work &&
        (own.begin ?? scope.begin) === scope.begin &&
        (faultsMax ?? scope.faultsMax) === scope.faultsMax,
    );
if (chosen.length === 0)
  refuse('No scope of the list is like that: one that is not there takes --work, --begin, --faults and --depth.');
const commit = values.record ? commitNow() : '';
const reports: ScopeReport[] = [];
for (const scope of chosen) {
  const report = await explore({ ...scope, ...(depth !== undefined && { depth }), dispatchers, without });
  reports.push(report);
  if (values.output === 'table') tell(report);
  if (report.counterexample !== undefined) break;
}
if (values.output === 'json') console.log(JSON.stringify({ mutant: values.mutant ?? null, reports }, null, 2));
if (values.record) record(reports, commit);
process.exit(reports.some(({ counterexample }) => counterexample !== undefined) ? 1 : 0);

function tell(report: ScopeReport): void {
  const cells = cellsOf(report);
  console.log(columns.map((column, at) => `${column} ${cells[at]}`).join(', '));
  if (report.counterexample === undefined) return;
  const { rule, what, moves } = report.counterexample;
  for (const [index, move] of moves.entries()) console.log(`${String(index + 1).padStart(3)} ${move}`);
  console.log(`VIOLATION ${rule}: ${what}`);
}
