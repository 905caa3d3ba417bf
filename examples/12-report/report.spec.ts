import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import pg from 'pg';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { createClient } from '@millrace/client';
import { runExample } from '../../test/support/run-example.ts';
import { bookSale, createTable } from './sales-table.js';

const client = createClient({ url: inject('millraceUrl') });
const database = new pg.Client({ connectionString: inject('databaseUrl') });

beforeAll(() => database.connect());
afterAll(() => database.end());

it('counts each sale once, those included whose first attempt failed after it was booked', async () => {
  expect(await runExample('12-report')).toEqual([
    'shop | sales | cents | attempts | failures | all_succeeded',
    'Graz | 10 | 3045 | 11 | 1 | true',
    'Bern | 10 | 2045 | 11 | 1 | true',
    'Lyon | 10 | 1045 | 11 | 1 | true',
  ]);
  const { rows } = await client.sql(readFileSync(new URL('report.sql', import.meta.url), 'utf8'));
  expect(rows.map(([shop, sales]) => [shop, Number(sales)])).toEqual([
    ['Graz', 10],
    ['Bern', 10],
    ['Lyon', 10],
  ]);
});

it('keeps what a later attempt has booked from an earlier one that comes too late', async () => {
  await database.query(createTable);
  const [idempotencyKey, run] = [`${randomUUID()}-0`, randomUUID()];
  const book = (fencingToken: number, cents: number) =>
    bookSale(database, { idempotencyKey, fencingToken, run }, { shop: 'Linz', cents });
  expect([await book(2, 200), await book(1, 100), await book(2, 300), await book(3, 400)]).toEqual([
    true,
    false,
    false,
    true,
  ]);
  const { rows } = await database.query('SELECT fencing_token, cents FROM shop_sales WHERE idempotency_key = $1', [
    idempotencyKey,
  ]);
  expect(rows).toEqual([{ fencing_token: 3, cents: 400 }]);
});
