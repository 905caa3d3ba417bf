import { expect, it } from 'vitest';
import { queueRows } from './queue.js';
import { bandOf } from './run-priority.js';

const nothing = { waiting: 0, oldestAt: null, dispatched: 0, running: 0 };
const now = Date.parse('2026-11-25T00:01:30Z');

it('shows a row for each band in which there is anything', () => {
  const bands = [
    { band: 'critical' as const, ...nothing, running: 2 },
    { band: 'high' as const, ...nothing },
    { band: 'low' as const, ...nothing, waiting: 7, oldestAt: '2026-11-25T00:00:00.000Z' },
  ];
  const view = { queue: 'etl', ...nothing, workers: 3, bands };
  expect(queueRows(view, now)).toEqual([
    ['etl', 'critical', '0', '-', '0', '2', '3'],
    ['etl', 'low', '7', '1 min 30 s', '0', '0', '3'],
  ]);
  expect(queueRows({ ...view, bands: [] }, now)).toEqual([['etl', '-', '0', '-', '0', '0', '3']]);
});

it('takes a band by its name or its number, and says what it expects of others', () => {
  expect(['critical', '5', '1', 'low'].map(bandOf)).toEqual(['critical', 'critical', 'background', 'low']);
  for (const bad of ['6', '0', 'urgent', 'constructor', '']) expect(() => bandOf(bad)).toThrow(`but got "${bad}"`);
});
