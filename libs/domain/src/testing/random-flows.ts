import * as given from './event-builders.js';

/** Small workflows with every join, condition, deadline, band and queue that there is. */
export const flows = [
  given.workflow(
    { a: [], b: ['a'], c: ['a'], d: ['b', 'c'], e: [] },
    {
      a: { heartbeatTimeoutMs: 1_000 },
      b: { retry: { failuresMax: 1 }, queue: 'etl' },
      c: { scheduleToStartMs: 700, retry: { failuresMax: 1 } },
      d: { retry: { totalMs: 2_000, delayMs: 100 }, queue: 'etl', band: 1 },
      e: { band: 5 },
    },
  ),
  given.workflow(
    {
      a: [],
      b: ['a'],
      c: [{ id: 'b', when: 'true' }],
      d: ['b'],
      e: [{ id: 'a', when: 'true' }, 'b'],
      f: ['c', 'd'],
      g: ['f'],
    },
    {
      a: { retry: { failuresMax: 2, delayMs: 100 } },
      b: { scheduleToStartMs: 400, scheduleToCloseMs: 1_500 },
      c: { join: 'all_done', scheduleToCloseMs: 900 },
      d: { delayMs: 900, join: 'all_done' },
      e: { join: { rule: 'n_of_m', n: 1 } },
      f: { join: 'one_success' },
      g: { join: 'always', scheduleToStartMs: 300 },
    },
  ),
];
/** More task runs than one event touches, most of them behind one parent. */
export const wide = given.workflow(
  {
    a: [],
    ...Object.fromEntries(Array.from({ length: 10_200 }, (_, leaf) => [`l${leaf}`, leaf < 10_100 ? ['a'] : []])),
    b: ['a', 'l1'],
    ...Object.fromEntries(Array.from({ length: 300 }, (_, leaf) => [`m${leaf}`, ['b', { id: 'l2', when: 'true' }]])),
    c: ['m0', 'm299'],
  },
  { l1: { join: 'all_done' }, l3: { scheduleToCloseMs: 2_000 }, c: { join: 'one_success' } },
);
