import { expect, it } from 'vitest';
import { runExample } from '../../test/support/run-example.ts';

it('ends the workflow of the tutorial as the tutorial tells', async () => {
  expect(await runExample('00-tutorial')).toEqual([
    'fetch succeeded after 3 attempts',
    'report succeeded after 1 attempts',
    'succeeded: {"report":"Bergen: 12 to 17 degrees"}',
    'fetch failed after 1 attempts',
    'report skipped after 0 attempts',
    'failed: null',
  ]);
});
