import { rulesView, type RulesView } from '@millrace/protocol';
import type { Command } from 'commander';
import { readApi } from '../api-pages.js';
import { outputOption, printOne, tableOf, type Format } from '../output/print.js';
import { apiUrlOf, withUrl, type ApiOptions } from './coordinates.js';

export function addRules(command: Command): void {
  withUrl(command)
    .addOption(outputOption(['table', 'json']))
    .action(async (options: ApiOptions & { readonly output: Format }) => {
      const view = await readApi(apiUrlOf(options), 'rules', rulesView);
      printOne(options.output, view, rulesPage(view));
      if (view.stale) process.stderr.write(`Kafka does not answer: this is as of ${view.readAt ?? 'never'}.\n`);
    });
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
