import { rulesView, type RulesView } from '@millrace/protocol';
import type { Command } from 'commander';
import { readApi } from '../api-pages.js';
import { outputOption, printOne, tableOf, type Format } from '../output/print.js';
import { advance } from '../rules/advance.js';
import {
  apiUrlOf,
  brokersOf,
  prefixOf,
  withKafka,
  withUrl,
  type ApiOptions,
  type KafkaOptions,
} from './coordinates.js';

interface AdvanceOptions extends ApiOptions, KafkaOptions {
  readonly dryRun?: true;
  readonly output: Format;
}

export function addRules(rules: Command): void {
  withUrl(rules)
    .addOption(outputOption(['table', 'json']))
    .action(show);
  withKafka(rules.command('advance'))
    .description('Raises the rules of every partition by one, once every service that was heard lately knows them.')
    .option('--url <url>', 'the API; default MILLRACE_URL, the profile, else the system that millrace up runs here')
    .option('--dry-run', 'only says what could be raised')
    .addOption(outputOption(['table', 'json']))
    .action((_options: AdvanceOptions, command: Command) => raise(command.optsWithGlobals()));
}

async function show(options: ApiOptions & { readonly output: Format }): Promise<void> {
  const view = await readApi(apiUrlOf(options), 'rules', rulesView);
  printOne(options.output, view, rulesPage(view));
  if (view.stale) process.stderr.write(`Kafka does not answer: this is as of ${view.readAt ?? 'never'}.\n`);
}

async function raise(options: AdvanceOptions): Promise<void> {
  const { dryRun: isDryRun = false, output } = options;
  const where = { apiUrl: apiUrlOf(options), brokers: brokersOf(options), prefix: prefixOf(options) };
  const told = (rules: number, have: number, of: number): void =>
    void process.stderr.write(`Rules ${rules}: in force in ${have} of ${of} partitions.\n`);
  const answer = await advance({ ...where, isDryRun, told });
  const { rules, partitions, of } = answer;
  const sentence = isDryRun
    ? `Rules ${rules} could be raised in ${partitions.length} of ${of} partitions. Nothing was written.`
    : `Rules ${rules} are in force in all ${of} partitions.`;
  printOne(output, answer, [sentence]);
}

/** Rules by the partitions under them, services by kind, and the verdict. */
export function rulesPage({ partitions, services, detail }: RulesView): string[] {
  const byRules = Map.groupBy(partitions, ({ rules }) => rules);
  const inForce = [...byRules].map(([rules, of]) => [String(rules), of.map(({ partition }) => partition).join(', ')]);
  const known = services.map(({ id, kind, knows }) => [id, kind, `1 to ${knows}`]);
  return [
    ...(inForce.length === 0 ? [] : [tableOf(['RULES', 'PARTITIONS'], inForce), '']),
    ...(known.length === 0 ? [] : [tableOf(['SERVICE', 'KIND', 'KNOWS'], known), '']),
    detail,
  ];
}
