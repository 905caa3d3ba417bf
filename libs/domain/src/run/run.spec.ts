import fc from 'fast-check';
import { expect, it } from 'vitest';
import { singleTaskDag } from '../dag/dag.js';
import { run1 } from '../testing/index.js';
import { taskStatuses } from '../task/task-status.js';
import { Run } from './run.js';

it('a run of one task keeps the instant of its request beside every status, for any instant there is', () => {
  const dag = singleTaskDag({ handler: 'work' });
  fc.assert(
    fc.property(fc.maxSafeNat(), fc.array(fc.constantFrom(...taskStatuses)), (requestedAt, statuses) => {
      const run = new Run(run1, 'default', undefined, dag, undefined, undefined, requestedAt);
      expect([run.statusOf(0), run.requestedAt]).toEqual(['pending', requestedAt]);
      for (const status of statuses) {
        run.setStatus(0, status);
        expect([run.statusOf(0), run.requestedAt]).toEqual([status, requestedAt]);
      }
    }),
  );
});

it('runs on one plan share what they have in common, and only that', () => {
  const dag = singleTaskDag({ handler: 'work' });
  const of = (tenant: string, band?: 1 | 5): Run => new Run(run1, tenant, undefined, dag, undefined, band, 0);
  const runs = [of('a'), of('a'), of('b'), of('a', 5), of('a', 1), of('a')];
  const told = runs.map(({ tenant, runBand, version }) => [tenant, runBand, version]);
  expect(told).toEqual([['a'], ['a'], ['b'], ['a', 5], ['a', 1], ['a']].map(([tenant, band]) => [tenant, band, undefined])); // prettier-ignore
});
