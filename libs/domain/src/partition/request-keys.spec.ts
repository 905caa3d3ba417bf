import { expect, it } from 'vitest';
import { runNamed } from '../testing/index.js';
import { keyKeptMs, RequestKeys } from './request-keys.js';

const body = 'b';

it('forgets keys in the order in which their runs ended, a day later', () => {
  const keys = new RequestKeys();
  for (const number of [1, 2, 3]) keys.take(`k${number}`, { run: runNamed(number), body });
  keys.ended(runNamed(2), 1_000);
  keys.ended(runNamed(1), 2_000);
  expect(keys.find('k2', 1_000 + keyKeptMs - 1)).toMatchObject({ run: runNamed(2) });
  expect(keys.find('k2', 1_000 + keyKeptMs)).toBeUndefined();
  keys.ended(runNamed(3), 1_500 + keyKeptMs);
  expect([keys.size, keys.forgottenEarly]).toEqual([2, 0]);
  expect(keys.find('k1', 1_500 + keyKeptMs)).toMatchObject({ run: runNamed(1) });
});

it('at its bound lets those go whose runs ended first, and never those of living runs', () => {
  const keys = new RequestKeys(2);
  for (let number = 1; number <= 6; number++) keys.take(`k${number}`, { run: runNamed(number), body });
  for (const number of [4, 1, 3]) keys.ended(runNamed(number), 10 + number);
  expect([keys.size, keys.forgottenEarly]).toEqual([5, 1]);
  expect(keys.find('k4', 20)).toBeUndefined();
  for (const number of [1, 2, 3, 5, 6]) expect(keys.find(`k${number}`, 20)).toMatchObject({ run: runNamed(number) });
});

it('is restored to what it was', () => {
  const keys = new RequestKeys(1);
  for (const number of [1, 2, 3]) keys.take(`k${number}`, { run: runNamed(number), body });
  keys.ended(runNamed(2), 1);
  keys.ended(runNamed(3), 2);
  const again = new RequestKeys(1);
  again.restore(keys.forgottenEarly, keys.all());
  expect([...again.all()]).toEqual([...keys.all()]);
  for (const each of [keys, again]) each.ended(runNamed(1), 3);
  expect([[...again.all()], again.forgottenEarly]).toEqual([[...keys.all()], keys.forgottenEarly]);
});
