import type { Json } from '@millrace/domain';
import { describe, expect, it } from 'vitest';
import { Branches } from './branches.js';
import { ConditionFailed } from './errors.js';
import { delivery, settled, TestWorker } from './testing/given-worker.js';

const branching = (...when: readonly string[]) =>
  delivery('h', { input: { limit: 3 }, edges: when.map((text, index) => ({ to: index + 1, when: text })) });

async function outcomeOf(result: Json | undefined, ...when: readonly string[]) {
  const test = await new TestWorker().join();
  test.worker.handle('h', async () => result);
  test.deliver([branching(...when)]);
  await settled();
  expect(test.settledTo).toBe(1);
  return test.of('TaskFinished')[0]!.outcome;
}

describe('the report of a success', () => {
  it('names the children whose condition is true of the result, in the order of the delivery', async () => {
    const result = { rows: 5 };
    const when = ['result.rows > 0', 'result.rows == 0', 'result.rows > input.limit'];
    expect(await outcomeOf(result, ...when)).toEqual({ kind: 'succeeded', result, taken: [1, 3] });
  });

  it('says so where none is', async () => {
    expect(await outcomeOf(undefined, 'result != null')).toEqual({ kind: 'succeeded', taken: [] });
  });

  it.each([
    ['a condition that names what is not there', 'result.missing > 1', 'No such key: missing'],
    ['a condition that is neither true nor false', 'result.rows', 'it gives a number'],
    ['a text that is no condition', 'result.rows >', 'Unexpected token: EOF'],
  ])('is a failure for good where there is %s', async (_title, when, reason) => {
    expect(await outcomeOf({ rows: 5 }, 'true', when)).toMatchObject({
      kind: 'failed',
      retryable: false,
      error: { name: 'ConditionFailed', message: expect.stringContaining(reason) },
    });
  });
});

describe('conditions that would take for ever', () => {
  const numbers = Array.from({ length: 2_000 }, (_, index) => index);
  it.each([
    ['loops in loops', 'result.all(a, result.all(b, result.all(c, a + b + c >= 0.0)))', numbers],
    ['a pattern that backtracks', 'result.matches("^(a+)+$")', `${'a'.repeat(60)}b`],
  ])('are ended and fail: %s', (_title, when, result) => {
    expect(() => new Branches().taken(branching(when), result)).toThrow(ConditionFailed);
    expect(() => new Branches().taken(branching(when), result)).toThrow('it takes over 100 ms');
  });

  it('are those that grow with the result too', () => {
    const many = Array.from({ length: 30_000 }, (_, index) => index);
    const when = Array.from({ length: 90 }, () => 'result.a == result.b').join('&&');
    const branches = new Branches();
    expect(branches.taken(branching('result.a == result.b'), { a: many, b: many })).toEqual([1]);
    expect(() => branches.taken(branching(...Array.from({ length: 20 }, () => when)), { a: many, b: many })).toThrow(
      ConditionFailed,
    );
  });

  it('leave those after them in peace', () => {
    const branches = new Branches();
    expect(() => branches.taken(branching('result.matches("^(a+)+$")'), `${'a'.repeat(60)}b`)).toThrow(ConditionFailed);
    expect(branches.taken(branching('result.matches("^(a+)+$")', 'result == "b"'), 'aaa')).toEqual([1]);
  });
});

it('keeps a bounded number of conditions ready', () => {
  const branches = new Branches();
  for (let index = 0; index < 3_000; index++) {
    expect(branches.taken(branching(`result == ${index}.0`), index)).toEqual([1]);
  }
});
