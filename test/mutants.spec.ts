import { expect, it } from 'vitest';
import { mutants } from './sim/mutants/index.ts';
import { sourcesOf } from './sim/mutants/put-mutant.ts';

it('has at least 40 mutants, each under a name of its own', () => {
  expect(new Set(mutants.map(({ name }) => name)).size).toBe(mutants.length);
  expect(mutants.length).toBeGreaterThanOrEqual(40);
});

it.each(mutants.map((mutant) => [mutant.name, mutant] as const))('%s changes code that is there', (_name, mutant) => {
  expect(sourcesOf([mutant]).size).toBeGreaterThan(0);
});

it.each(mutants.flatMap(({ name, with: other }) => (other === undefined ? [] : [[name, other]])))(
  '%s is unmasked by %s, which is a mutant',
  (_name, other) => {
    expect(mutants.map(({ name }) => name)).toContain(other);
  },
);
