import type { SqlResult } from '@millrace/protocol';
import { Option, type Command } from 'commander';
import { printList, type Format } from '../output/print.js';
import { count } from './arguments.js';
import { clientOf, withUrl, type ApiOptions } from './coordinates.js';

interface SqlOptions extends ApiOptions {
  readonly limit: number;
  readonly output?: Format;
}

export function addSql(command: Command): void {
  withUrl(command)
    .option('--limit <n>', 'rows at most', count(1, 10_000), 1_000)
    .addOption(
      new Option('-o, --output <format>', 'default: a table on a terminal, JSON elsewhere').choices([
        'table',
        'json',
        'jsonl',
      ]),
    )
    .action(async (query: string, options: SqlOptions) => {
      const result = await clientOf(options).sql({ query, rowsMax: options.limit });
      print(result, options.output ?? (process.stdout.isTTY ? 'table' : 'json'));
      if (result.truncated) process.stderr.write(`There are more rows than ${options.limit}: see --limit.\n`);
    });
}

function print({ columns, rows }: SqlResult, format: Format): void {
  const names = distinctNames(columns.map(({ name }) => name));
  if (format === 'table') {
    return printList(format, rows, names, (row) => row.map(cellText), 'No rows.');
  }
  const objects = rows.map((row) => Object.fromEntries(names.map((name, index) => [name, row[index]])));
  printList(format, objects, names, () => [], 'No rows.');
}

/** Columns may have the same name; as members of an object they get numbers: `count`, `count_2`. */
export function distinctNames(names: readonly string[]): string[] {
  const seen = new Set<string>();
  return names.map((name) => {
    let distinct = name;
    for (let number = 2; seen.has(distinct); number++) distinct = `${name}_${number}`;
    seen.add(distinct);
    return distinct;
  });
}

function cellText(value: unknown): string {
  if (value === null || value === undefined) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
