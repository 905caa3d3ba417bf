import { madeBy, table } from './page.ts';

export interface ColumnRow {
  readonly view: string;
  readonly view_says: string | null;
  readonly column: string;
  readonly type: string;
  readonly says: string | null;
}

/** The views that people read, with the comment of each column in its order. */
export const columnsSql = `
  SELECT c.relname AS view, obj_description(c.oid) AS view_says, a.attname AS column,
         format_type(a.atttypid, a.atttypmod) AS type, col_description(c.oid, a.attnum) AS says
  FROM pg_class c
  JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
  WHERE c.relkind = 'v' AND c.relnamespace = 'public'::regnamespace
  ORDER BY c.relname, a.attnum`;

/** Every view with its columns. */
export function tablesPage(rows: readonly ColumnRow[]): string {
  return [
    '# Tables',
    'The views that are for reading: `millrace sql`, `POST /v1/sql`, or any client of Postgres. Base tables are not: they change without notice. Rows come from the log ' +
      'alone; `projection_freshness` says up to where.',
    madeBy,
    ...[...Map.groupBy(rows, ({ view }) => view)].map(([view, columns]) =>
      [
        `## ${view}`,
        ...(columns[0]!.view_says === null ? [] : [columns[0]!.view_says]),
        table(
          ['column', 'type', 'what it says'],
          columns.map(({ column, type, says }) => [`\`${column}\``, type, says ?? '']),
        ),
      ].join('\n\n'),
    ),
  ].join('\n\n');
}
