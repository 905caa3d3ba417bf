import pg from 'pg';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import type { TaskContext } from '@millrace/worker';
import { chunkCount, extract } from './extract.js';
import { load } from './load.js';
import { recomputeTotals } from './totals.js';
import { transform } from './transform.js';
import { validate } from './validate.js';

process.env['DATABASE_URL'] = inject('databaseUrl');
const database = new pg.Client({ connectionString: inject('databaseUrl') });
beforeAll(() => database.connect());
afterAll(() => database.end());

const nothing = (): void => undefined;
function context(run: string, attempt: number, parentResults: object): TaskContext {
  const logger = { info: nothing, warn: nothing, error: nothing };
  return { run, attempt, parentResults, signal: new AbortController().signal, logger } as unknown as TaskContext;
}

it('leaves the same rows when every attempt runs twice at the same time', async () => {
  const run = `twice-${Date.now()}`;
  const twice = async <T>(task: (attempt: number) => Promise<T>): Promise<T> => {
    const [first, second] = await Promise.all([task(1), task(2)]);
    expect(second).toEqual(first);
    return first;
  };
  const extracted = await twice((attempt) => extract(undefined, context(run, attempt, {})));
  const validated = await twice((attempt) => validate(undefined, context(run, attempt, { extract: extracted })));
  const parents: Record<string, unknown> = { validate: validated };
  for (let chunk = 0; chunk < chunkCount; chunk++) {
    const transformed = await twice((attempt) => transform({ chunk }, context(run, attempt, { extract: extracted })));
    expect(JSON.stringify(transformed).length).toBeLessThan(4_096);
    parents[`transform-${chunk}`] = transformed;
  }
  await twice((attempt) => load(undefined, context(run, attempt, parents)));
  await load(undefined, context(run, 3, parents));

  const { rows } = await database.query('SELECT count(*)::integer AS rows FROM etl_flights WHERE run = $1', [run]);
  expect(rows).toEqual([{ rows: recomputeTotals().rows }]);
});
