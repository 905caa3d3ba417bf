import { NonRetryableError, type TaskContext } from '@millrace/worker';
import pg from 'pg';
import type { Columns, HourTotals, Loaded, Transformed, Validated } from './manifests.js';
import * as sql from './tables.js';
import { readChunk, removeFolder } from './work-folder.js';

const rowsPerInsert = 10_000;

/**
 * Loads every chunk and the totals in one transaction, once per run: an attempt that is repeated, or runs twice at the same
 * time, finds the run loaded and changes nothing.
 */
export async function load(_input: unknown, { run, parentResults, signal, logger }: TaskContext): Promise<Loaded> {
  const { validate, ...others } = parentResults as unknown as { validate: Validated } & Record<string, Transformed>;
  const chunks = Object.values(others);
  const hours = mergeHours(chunks);
  const rows = chunks.reduce((sum, chunk) => sum + chunk.rows, 0);
  if (rows !== validate.rows)
    throw new NonRetryableError(`Expected ${validate.rows} rows, but ${rows} were transformed.`);
  const isNew = await withTransaction(async (client) => {
    await client.query(sql.createTables);
    const { rowCount } = await client.query(sql.insertLoad, [run, rows]);
    if (rowCount === 0) return false;
    await client.query(sql.deleteRows);
    await client.query(sql.deleteHours);
    for (const chunk of chunks) await insertChunk(client, run, chunk, signal);
    await client.query(sql.insertHours, [run, ...columnsOf(hours)]);
    return true;
  });
  logger.info({ rows, isNew }, 'loaded');
  await removeFolder(run);
  return { rows, hours: hours.length, late: hours.reduce((sum, { late }) => sum + late, 0) };
}

async function withTransaction<T>(use: (client: pg.Client) => Promise<T>): Promise<T> {
  const connectionString = process.env['DATABASE_URL'];
  if (connectionString === undefined) throw new NonRetryableError('Expected DATABASE_URL to be set, but it is not.');
  const client = new pg.Client({ connectionString, application_name: 'millrace-example-etl' });
  // A connection that breaks also fails the query that uses it; without a listener it would end the worker.
  client.on('error', () => undefined);
  await client.connect();
  try {
    await client.query('BEGIN');
    const result = await use(client);
    await client.query('COMMIT');
    return result;
  } finally {
    await client.end();
  }
}

async function insertChunk(client: pg.Client, run: string, { chunk, file }: Transformed, signal: AbortSignal) {
  const { departureMinute, delayMinutes, distanceMiles } = await readChunk<Columns>(file);
  for (let from = 0; from < departureMinute.length; from += rowsPerInsert) {
    signal.throwIfAborted();
    const part = [departureMinute, delayMinutes, distanceMiles].map((column) =>
      column.slice(from, from + rowsPerInsert),
    );
    await client.query(sql.insertRows, [run, chunk, ...part]);
  }
}

function mergeHours(chunks: readonly Transformed[]): HourTotals[] {
  const merged = new Map<number, HourTotals>();
  for (const part of chunks.flatMap(({ hours }) => hours)) {
    const sum = merged.get(part.hour) ?? { hour: part.hour, flights: 0, delayMinutes: 0, distanceMiles: 0, late: 0 };
    sum.flights += part.flights;
    sum.delayMinutes += part.delayMinutes;
    sum.distanceMiles += part.distanceMiles;
    sum.late += part.late;
    merged.set(part.hour, sum);
  }
  return [...merged.values()].sort((left, right) => left.hour - right.hour);
}

function columnsOf(hours: readonly HourTotals[]): number[][] {
  return [
    hours.map(({ hour }) => hour),
    hours.map(({ flights }) => flights),
    hours.map(({ delayMinutes }) => delayMinutes),
    hours.map(({ distanceMiles }) => distanceMiles),
    hours.map(({ late }) => late),
  ];
}
