/** A value as a row holds it; times are milliseconds, JSON is canonical text. */
export type CellValue = string | number | null;

export type TableName =
  'run_records' | 'task_run_records' | 'single_records' | 'attempt_records' | 'quarantine_records' | 'workflow_records';

/** Columns of one row that are always written together: a row of the projection is one or a few of these. */
export interface Cell {
  readonly table: TableName;
  /** The row's primary key, its parts joined by a slash. */
  readonly key: string;
  /** Run id of the row, or what it has in its place: cells of one owner are in one bucket. */
  readonly owner: string;
  readonly names: readonly string[];
  /** In the order of `names`; undefined where the columns hold nothing. */
  readonly values: readonly CellValue[] | undefined;
  /** Nothing changes these columns any more. */
  readonly isFinal?: boolean;
}

/** What tells a cell from every other one. */
export function cellId({ table, key, names }: Cell): string {
  return `${table}/${key}/${names[0]}`;
}
