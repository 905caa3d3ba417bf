import type { TaskContext } from '@millrace/worker';
import pg from 'pg';
import { bookSale, type Sale } from './sales-table.js';

interface SaleToBook extends Sale {
  /** The shop's line breaks once, after the sale is booked and before anybody hears of it. */
  readonly breaksOnce?: boolean;
}

const database = new pg.Pool({ connectionString: process.env['DATABASE_URL'], max: 4, allowExitOnIdle: true });
// A connection that breaks while nobody uses it is replaced; without a listener it would end the worker.
database.on('error', () => undefined);

async function book({ breaksOnce, ...sale }: SaleToBook, context: TaskContext) {
  const isBooked = await bookSale(database, context, sale);
  if (breaksOnce === true && context.attempt === 1) throw new Error('The line broke after the sale was booked.');
  return { isBooked };
}

/** `claimFirst`: the worker asks before each attempt, which is what makes the fencing token mean something. */
export const handlers = {
  'sales.book': { handler: book, claimFirst: true },
};
