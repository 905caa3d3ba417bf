import { expect, it } from 'vitest';
import { distinctNames } from './sql.js';

it('numbers columns that have the same name', () => {
  expect(distinctNames(['count', 'id', 'count', 'count_2', 'count'])).toEqual([
    'count',
    'id',
    'count_2',
    'count_2_2',
    'count_3',
  ]);
});
