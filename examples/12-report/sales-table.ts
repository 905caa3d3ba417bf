import type pg from 'pg';

/** The example's own table, beside Millrace's views in the same database. */
export const createTable = `
  CREATE TABLE IF NOT EXISTS shop_sales (
    idempotency_key text PRIMARY KEY,
    fencing_token integer NOT NULL,
    run_id text NOT NULL,
    shop text NOT NULL,
    cents integer NOT NULL
  )`;

/**
 * One row per task run, however often it is attempted. An attempt that comes too late, because its worker was frozen while
 * another one had the task, has a lower token than the row and changes nothing.
 */
const upsert = `
  INSERT INTO shop_sales AS booked (idempotency_key, fencing_token, run_id, shop, cents) VALUES ($1, $2, $3, $4, $5)
  ON CONFLICT (idempotency_key) DO UPDATE
    SET fencing_token = excluded.fencing_token, shop = excluded.shop, cents = excluded.cents
    WHERE booked.fencing_token < excluded.fencing_token`;

export interface Sale {
  readonly shop: string;
  readonly cents: number;
}

/** The attempt that books. */
export interface Booking {
  readonly idempotencyKey: string;
  readonly fencingToken: number;
  readonly run: string;
}

/** False where a later attempt has booked already. */
export async function bookSale(
  database: Pick<pg.ClientBase, 'query'>,
  { idempotencyKey, fencingToken, run }: Booking,
  { shop, cents }: Sale,
): Promise<boolean> {
  const { rowCount } = await database.query(upsert, [idempotencyKey, fencingToken, run, shop, cents]);
  return rowCount === 1;
}
