import { readFileSync } from 'node:fs';
import { createClient } from '@millrace/client';
import pg from 'pg';
import { createTable } from './sales-table.js';

const client = createClient({ url: process.env['MILLRACE_URL'] ?? 'http://127.0.0.1:8470' });
const database = new pg.Client({ connectionString: process.env['DATABASE_URL'] });
await database.connect();
await database.query(`${createTable}; TRUNCATE shop_sales`);

const sales = ['Lyon', 'Bern', 'Graz'].flatMap((shop, place) =>
  Array.from({ length: 10 }, (_, index) => ({ shop, cents: (place + 1) * 100 + index, breaksOnce: index === 0 })),
);
const { items } = await client.submitBulk(
  sales.map((input) => ({ handler: 'sales.book', input, retry: { policy: 'fixed', delayMs: 100 } })),
);
for (const item of items) if ('run' in item) await client.waitForRun(item.run);

const { fields, rows } = await database.query({
  text: readFileSync(new URL('../report.sql', import.meta.url), 'utf8'),
  rowMode: 'array',
});
console.log(fields.map(({ name }) => name).join(' | '));
for (const row of rows) console.log(row.join(' | '));
await database.end();
