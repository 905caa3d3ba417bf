import { expect, it } from 'vitest';
import { explore } from './explore.ts';
import { gateScopes } from './scopes.ts';

it.each(gateScopes.map((scope) => [scope.work, scope.begin, scope.faultsMax, scope.depth, scope] as const))(
  'a %s that begins %s, with at most %i faults, is right in every interleaving of %i moves',
  async (_work, _begin, _faults, _depth, scope) => {
    const { counterexample, ...report } = await explore(scope);
    console.log(JSON.stringify(report));
    expect(counterexample).toBeUndefined();
    expect(report.depth).toBe(scope.depth);
    expect(report.rested).toBeGreaterThan(0);
  },
  180_000,
);

it('reaches the same states in every run', async () => {
  const scope = { ...gateScopes[0]!, depth: 3 };
  const [one, other] = [await explore(scope), await explore(scope)];
  expect(one.statesByDepth).toEqual(other.statesByDepth);
  expect(one.transitions).toBe(other.transitions);
});
