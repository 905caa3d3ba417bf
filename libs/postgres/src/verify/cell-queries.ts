import {
  canonical,
  columns,
  jsonColumns,
  timeColumns,
  type Cell,
  type CellValue,
  type TableName,
} from '@millrace/runtime';

/** How the rows of one table are read as cells. */
export interface CellQuery {
  readonly table: TableName;
  /** Columns of the primary key, the owner first. */
  readonly keys: readonly string[];
  /** The whole row of the key is its owner, as in tables that no run owns. */
  readonly isOwnOwner?: boolean;
  readonly groups: readonly (readonly string[])[];
}

/** The tables whose rows belong to a partition. */
export const cellQueries: readonly CellQuery[] = [
  { table: 'run_records', keys: ['id'], groups: [columns.run, columns.input, columns.paused] },
  { table: 'task_run_records', keys: ['run_id', 'task'], groups: [columns.task, columns.checkpoint] },
  {
    table: 'single_records',
    keys: ['id'],
    groups: [columns.single, columns.input, columns.paused, columns.checkpoint],
  },
  { table: 'attempt_records', keys: ['run_id', 'task', 'attempt'], groups: [columns.attempt] },
  {
    table: 'quarantine_records',
    keys: ['partition', 'log_offset', 'item_index'],
    isOwnOwner: true,
    groups: [columns.quarantine],
  },
];

export const workflowQuery: CellQuery = { table: 'workflow_records', keys: ['version'], groups: [columns.workflow] };

/** Reads the table, or its rows of partition $1, as text, numbers and milliseconds. */
export function textOf({ table, keys, groups }: CellQuery): string {
  const names = [...new Set([...keys, ...groups.flat()])];
  const where = table === 'workflow_records' ? '' : ' WHERE partition = $1';
  return `SELECT ${names.map(selected).join(', ')} FROM ${table}${where}`;
}

function selected(name: string): string {
  if (timeColumns.has(name)) return `(extract(epoch FROM ${name}) * 1000)::float8 AS ${name}`;
  if (jsonColumns.has(name)) return `${name}::text AS ${name}`;
  return name;
}

/** The cells of one row. */
export function* cellsOf(
  { table, keys, isOwnOwner, groups }: CellQuery,
  row: Readonly<Record<string, CellValue>>,
): Generator<Cell> {
  const key = keys.map((name) => String(row[name])).join('/');
  const owner = isOwnOwner === true ? key : String(row[keys[0]!]);
  for (const names of groups) {
    const values = names.map((name) => (jsonColumns.has(name) ? canonical(row[name] as string | null) : row[name]!));
    if (names.length === 1 && values[0] === null) continue;
    yield { table, key, owner, names, values };
  }
}
