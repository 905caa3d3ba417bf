import * as given from '@millrace/domain/testing';
import { expect, it } from 'vitest';
import { LogChecker } from '../log-checker.js';
import type { Observation } from '../observation.js';

const began = { kind: 'handler-began', ...given.single, attempt: 1, worker: given.w1, slots: 1 } as const;
const found = (...seen: Observation[]) => {
  const checker = new LogChecker({ rules: [] });
  return seen.flatMap((each) => checker.observe(each)).map(({ rule }) => rule);
};

it('passes as many handlers as a worker has slots, and finds one more', () => {
  expect(found(began, { ...began, kind: 'handler-ended' }, began, { kind: 'worker-died', worker: given.w1 }, began)).toEqual([]); // prettier-ignore
  expect(found(began, began)).toEqual(['I17']);
});
