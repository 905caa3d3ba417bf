import * as given from '@millrace/domain/testing';
import { expect, it } from 'vitest';
import { begun, foundBy, historyOf } from '../testing/history-of.js';
import { acknowledged } from './acknowledged.js';

it('passes what is in the log, ended or refused too, and finds what is not', () => {
  const records = historyOf(begun, given.cancelled(), given.singleRequested({}, { run: given.runNamed(2) }));
  const [one, two, three] = [1, 2, 3].map((run) => ({ kind: 'acknowledged', run: given.runNamed(run) }) as const);
  expect(foundBy(acknowledged, records, one!, two!)).toEqual([]);
  expect(foundBy(acknowledged, records, three!)).toEqual(['I1']);
});
