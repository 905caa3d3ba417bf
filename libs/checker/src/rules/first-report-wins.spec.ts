import * as given from '@millrace/domain/testing';
import { expect, it } from 'vitest';
import { begun, foundBy, historyOf, lastSaying } from '../testing/history-of.js';
import { firstReportWins } from './first-report-wins.js';

const dispatched = [...begun, given.dispatched(given.single)];

it('passes the first report, and finds one that was rejected and one that ended nothing', () => {
  const right = historyOf(dispatched, given.finished(given.single));
  expect(foundBy(firstReportWins, right)).toEqual([]);
  expect(foundBy(firstReportWins, lastSaying(right, { fact: 'rejection', entry: 0, reason: 'attempt-over' }))).toEqual(['I13']); // prettier-ignore
  expect(foundBy(firstReportWins, lastSaying(right, { fact: 'accepted', type: 'TaskFinished' }))).toEqual(['I13']);
  expect(foundBy(firstReportWins, historyOf(dispatched, given.finished(given.single, { attempt: 2 })))).toEqual([]);
});
