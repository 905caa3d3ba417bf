import { expect, it } from 'vitest';
import type { Draws } from './draws.ts';
import { fuzzTarget } from './fuzz.ts';
import { mutateJson } from './mutate-json.ts';
import { stepsOf } from './steps-of.ts';
import type { Target } from './target.ts';

/** A reader of JSON that does what it should not. */
function planted(read: (body: object) => void): Target {
  const make = (draws: Draws) => ({
    chunks: [Buffer.from(mutateJson(draws, { a: { b: [1, 'x'] }, c: 2 }, { d: 3 }))],
    inputs: 1,
  });
  return {
    name: 'planted',
    share: 1,
    make,
    read([bytes]) {
      let body: unknown;
      try {
        body = JSON.parse(Buffer.from(bytes!).toString());
      } catch {
        return;
      }
      if (typeof body === 'object' && body !== null) read(body);
    },
  };
}

it('finds a planted pollution of prototypes and shows a small input that brings it back', () => {
  const merge = (into: Record<string, unknown>, from: object): void => {
    for (const [key, member] of Object.entries(from)) {
      if (typeof member === 'object' && member !== null)
        merge((into[key] ??= {}) as Record<string, unknown>, member as object);
      else into[key] = member;
    }
  };
  const { found } = fuzzTarget(
    planted((body) => merge({}, body)),
    1,
    100_000,
  );
  expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  expect(found?.error).toContain('prototypes');
  expect(found!.chunks[0]!.length).toBeLessThan(80);
  expect(found!.chunks[0]).toMatch(/__proto__|constructor|005f/);
});

it('finds a planted crash, and the same one by its seed alone', () => {
  const target = planted((body) => void ('then' in body && (body as { then: () => void }).then()));
  const { found } = fuzzTarget(target, 1, 100_000);
  expect(found?.error).toContain('TypeError');
  expect(fuzzTarget(target, found!.seed, 1).found).toEqual(found);
});

it('sees a reader whose steps grow with the square of its input', () => {
  const steps = (size: number): number =>
    stepsOf(() => {
      const seen: string[] = [];
      for (const letter of 'x'.repeat(size)) if (!seen.some((each) => each === letter + size)) seen.push(letter);
    });
  expect(steps(512) / steps(64)).toBeGreaterThan(30);
});
