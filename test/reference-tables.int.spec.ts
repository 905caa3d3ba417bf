import { freshDatabase } from '@millrace/postgres/testing';
import { expect, inject, it } from 'vitest';
import { expectPage } from './support/reference/page.ts';
import { columnsSql, tablesPage, type ColumnRow } from './support/reference/tables-page.ts';

it('docs/reference/tables.md is what the views of a migrated database say, and every column says something', async () => {
  const database = await freshDatabase(inject('databaseUrl'));
  try {
    const rows = await database.query<ColumnRow>(columnsSql);
    expect(rows.filter(({ says }) => says === null)).toEqual([]);
    await expectPage('tables.md', tablesPage(rows));
  } finally {
    await database.drop();
  }
});
