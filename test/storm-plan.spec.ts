import { expect, it } from 'vitest';
import { planFaults } from './chaos/storm/plan-faults.js';

const plan = { seed: 7, minutes: 10, kinds: ['ingest', 'worker'], servers: true } as const;

it('the same seed plans the same storm, another seed another one', () => {
  expect(planFaults(plan)).toEqual(planFaults(plan));
  expect(planFaults({ ...plan, seed: 8 })).not.toEqual(planFaults(plan));
});

it('ten minutes kill services 200 times, and only those that were named', () => {
  const kills = planFaults(plan).filter(({ way }) => way === 'kill');
  const services = kills.filter(({ kind }) => kind !== 'kafka' && kind !== 'postgres');
  expect(services.length).toBe(200);
  expect(new Set(services.map(({ kind }) => kind))).toEqual(new Set(['ingest', 'worker']));
  expect(kills.length).toBeGreaterThan(200);
});

it('a storm keeps its order and its length', () => {
  const times = planFaults(plan).map(({ atMs }) => atMs);
  expect(times).toEqual(times.toSorted((a, b) => a - b));
  expect(times.at(-1)).toBeLessThanOrEqual(600_000);
});
