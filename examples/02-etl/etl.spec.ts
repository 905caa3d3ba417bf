import { readFileSync } from 'node:fs';
import pg from 'pg';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { createClient } from '@millrace/client';
import { runExample } from '../../test/support/run-example.ts';
import { recomputeTotals } from './totals.js';

const client = createClient({ url: inject('millraceUrl') });
const database = new pg.Client({ connectionString: inject('databaseUrl') });
const definition = JSON.parse(readFileSync(new URL('workflow.json', import.meta.url), 'utf8'));
const expected = recomputeTotals();

beforeAll(() => database.connect());
afterAll(() => database.end());

async function runEtl(input?: { readonly source: string }) {
  const { name, version } = await client.registerWorkflow(definition);
  const { run } = await client.submitRun({ workflow: name, version, ...(input === undefined ? {} : { input }) });
  return client.waitForRun(run, { timeoutMs: 90_000 });
}

it('loads every row of the data set and its totals, in two runs one after the other', async () => {
  await runEtl();
  const { run, tasks } = await runEtl();
  expect(run.status).toBe('succeeded');
  expect(tasks.find(({ id }) => id === 'load')!.result).toEqual({
    rows: expected.rows,
    hours: 24,
    late: expected.late,
  });

  const { rows: loaded } = await database.query(
    `SELECT count(*)::integer AS rows, sum(delay_minutes)::integer AS delay, sum(distance_miles)::integer AS distance,
            count(*) FILTER (WHERE delay_minutes > 14)::integer AS late
     FROM etl_flights WHERE run = $1`,
    [run.id],
  );
  const { rows, delayMinutes: delay, distanceMiles: distance, late } = expected;
  expect(loaded).toEqual([{ rows, delay, distance, late }]);

  const { rows: hours } = await database.query('SELECT hour, flights FROM etl_hours WHERE run = $1 ORDER BY hour', [
    run.id,
  ]);
  expect(hours).toEqual(expected.flightsByHour.map((flights, hour) => ({ hour, flights })));
  const { rows: all } = await database.query('SELECT count(*)::integer AS rows FROM etl_flights');
  expect(all).toEqual([{ rows: expected.rows }]);
});

it('prints how each task moves, and the hours with the most late flights', async () => {
  const lines = await runExample('02-etl');
  expect(lines).toContain('load         succeeded');
  expect(lines.slice(-4)).toEqual([
    'run succeeded',
    '17:00  13325 flights, 3493 late',
    '19:00  11592 flights, 3469 late',
    '18:00  11702 flights, 3195 late',
  ]);
});

it('loads nothing of a data set that does not exist', async () => {
  const { run, tasks } = await runEtl({ source: '/nowhere/flights.json' });
  expect(run.status).toBe('failed');
  expect(tasks.find(({ id }) => id === 'load')!.status).toBe('skipped');
  const { rows } = await database.query('SELECT 1 FROM etl_flights WHERE run = $1', [run.id]);
  expect(rows).toEqual([]);
});
