import Table from 'cli-table3';
import { Option } from 'commander';

export type Format = 'table' | 'json' | 'jsonl';

/** `-o`. Tables are for people; the other two stand alone on stdout. */
export function outputOption(formats: readonly Format[] = ['table', 'json', 'jsonl']): Option {
  return new Option('-o, --output <format>', 'how the answer is written').choices(formats).default('table');
}

/** Rows of text under headings, without frames, as wide as they need. */
export function tableOf(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const none = ['top', 'top-mid', 'top-left', 'top-right', 'bottom', 'bottom-mid', 'bottom-left', 'bottom-right'];
  const inside = ['left', 'left-mid', 'mid', 'mid-mid', 'right', 'right-mid'];
  const chars = Object.fromEntries([...none, ...inside].map((name) => [name, '']));
  const table = new Table({
    head: [...headings],
    chars: { ...chars, middle: '  ' },
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
  });
  table.push(...rows.map((row) => [...row]));
  return table.toString().replaceAll(/ +$/gm, '');
}

/** A list as text: a table, one JSON array, or one JSON object a line. `whole` is what `json` writes instead of the list. */
export function listText<Row>(
  format: Format,
  list: readonly Row[],
  headings: readonly string[],
  cells: (row: Row) => readonly string[],
  none: string,
  whole: unknown = list,
): string {
  if (format === 'json') return JSON.stringify(whole, null, 2);
  if (format === 'jsonl') return list.map((row) => JSON.stringify(row)).join('\n');
  return list.length === 0 ? none : tableOf(headings, list.map(cells));
}

/** Writes a list, as `listText` has it. */
export function printList<Row>(...list: Parameters<typeof listText<Row>>): void {
  const text = listText<Row>(...list);
  if (text !== '') write(text);
}

/** Writes one thing: JSON, or lines for people. */
export function printOne(format: Format, value: unknown, lines: readonly string[]): void {
  if (format === 'table') return lines.forEach(write);
  write(format === 'json' ? JSON.stringify(value, null, 2) : JSON.stringify(value));
}

export function write(line: string): void {
  process.stdout.write(`${line}\n`);
}
