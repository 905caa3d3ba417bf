import * as given from '@millrace/domain/testing';
import { expect, it } from 'vitest';
import { begun, foundBy, historyOf, lastBeing } from '../testing/history-of.js';
import { causedMoves } from './caused-moves.js';

it('passes moves by events that can cause them, and finds those by others', () => {
  const right = historyOf(begun, given.dispatched(given.single), given.finished(given.single));
  expect(foundBy(causedMoves, right)).toEqual([]);
  expect(foundBy(causedMoves, lastBeing(right, given.timersFired()))).toContain('I4');
  expect(foundBy(causedMoves, lastBeing(right, given.finished({ run: given.runNamed(9), task: 0 })))).toContain('I4');
});
