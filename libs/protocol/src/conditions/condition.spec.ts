import { describe, expect, it } from 'vitest';
import { ConditionUndecided, ConditionUnsound, readCondition } from './condition.js';
import { reviewConditions } from './review-conditions.js';

const scope = {
  result: { rows: 5, ratio: 0.5, name: 'x', list: [1, 2, 3], none: null, flag: true, deep: { a: [{ b: 1 }] } },
  input: { day: '2026-11-25', limit: 3 },
};
const holds = (text: string) => readCondition(text).holds(scope);

describe('a condition', () => {
  it.each([
    ['result.rows > 0', true],
    ['result.rows == 5 && result.rows != 4.5', true],
    ['result.rows > input.limit', true],
    ['result.rows < 5 || result.name == "x"', true],
    ['!result.flag', false],
    ['result.flag', true],
    ['result.name.startsWith("x") && input.day.size() == 10', true],
    ['result.none == null', true],
    ['has(result.error)', false],
    ['has(result.error) && result.error.code > 3', false],
    ['result.deep.a[0].b == 1', true],
    ['"rows" in result', true],
    ['result.list.exists(n, n > 2)', true],
    ['result.list.all(n, n > 2)', false],
    ['result.list.filter(n, n > 1).size() == 2', true],
    ['result.name.matches("^[a-z]$")', true],
    ['timestamp(input.day + "T00:00:00Z") > timestamp("2026-01-01T00:00:00Z")', true],
    ['result.rows > 9223372036854775807', false],
  ])('%s gives %s', (text, answer) => {
    expect(holds(text)).toBe(answer);
  });

  it('sees null where there is no result and no input', () => {
    expect(readCondition('result == null && input == null').holds({ result: undefined, input: undefined })).toBe(true);
  });

  it('sees no member that the values do not have themselves', () => {
    expect(holds('has(result.toString) || has(result.constructor) || "__proto__" in result')).toBe(false);
  });
});

describe('numbers of a result are doubles, as JSON has them', () => {
  it('and are compared with integers and each other', () => {
    expect(holds('result.rows == 5 && result.rows == 5.0 && result.rows in [4, 5] && result.list == [1, 2, 3]')).toBe(
      true,
    );
  });

  it('but are counted with doubles only, or after int()', () => {
    expect(() => holds('result.rows + 1 > 5')).toThrow(
      'Expected true or false, but: no such overload: dyn<double> + int.',
    );
    expect(holds('result.rows + 1.0 > 5.0 && int(result.rows) + 1 > 5 && int(result.rows) % 2 == 1')).toBe(true);
  });

  it('and an integer is in no list of them, so that asking for one is refused', () => {
    expect(holds('5.0 in [5.0] && 3.0 in result.list')).toBe(true);
    expect(() => readCondition('3 in result.list')).toThrow('Expected a number as JSON has it before in, such as 5.0');
    expect(() => readCondition('-3 in result.list')).toThrow(ConditionUnsound);
  });
});

describe('neither true nor false', () => {
  it.each([
    ['result.rows', 'it gives a number'],
    ['result.name', 'it gives a value of type string'],
    ['result.list', 'it gives a list'],
    ['result.none', 'it gives null'],
    ['result.missing > 0', 'No such key: missing'],
    ['result.none > 1', 'no such overload: dyn<null> > int'],
    ['result.name > 1', 'no such overload: dyn<string> > int'],
    ['result.list[7] == 1', 'index out of bounds'],
    ['1 / int(result.none == null ? 0.0 : 1.0) == 1', 'division by zero'],
    ['result.name.matches("(")', 'Invalid regular expression'],
  ])('is %s', (text, reason) => {
    const condition = readCondition(text);
    expect(() => condition.holds(scope)).toThrow(ConditionUndecided);
    expect(() => condition.holds(scope)).toThrow(reason);
  });
});

describe('no condition', () => {
  it.each([
    ['', 'Expected a condition in CEL, but: Unexpected token: EOF.'],
    ['result.rows >', 'Expected a condition in CEL, but: Unexpected token: EOF.'],
    ['rows > 0', 'Expected a condition in CEL over result and input, but: Unknown variable: rows.'],
    ['1 + 1', 'Expected something that is true or false, but it is of type int.'],
    ['"true"', 'Expected something that is true or false, but it is of type string.'],
    ['process.exit()', /but found exit\.$/],
    ['eval("1")', /but found eval\.$/],
    ['result.list.map(n, n * 2.0).size() > 0', /but found map\.$/],
    ['cel.bind(x, result, x == x)', /but found bind\.$/],
    ['result.list.join("") == ""', /but found join\.$/],
    [`result == ${'['.repeat(40)}${']'.repeat(40)}`, /^Expected a condition in CEL, but: Exceeded maxDepth/],
    [Array.from({ length: 600 }, () => '1').join('+'), /^Expected a condition in CEL, but: Exceeded maxAstNodes/],
    ['x'.repeat(2_049), 'Expected at most 2048 characters, but found 2049.'],
  ])('is %.40s', (text, message) => {
    expect(() => readCondition(text)).toThrow(ConditionUnsound);
    expect(() => readCondition(text)).toThrow(message);
  });
});

it('tells those that may take long', () => {
  const linear = ['result.rows > 0 && has(result.a) || input.x in ["a"]', 'result.s.startsWith("a") ? true : false'];
  const costly = [
    'result.a.exists(x, x)',
    '[result.a.all(x, x)] == [true]',
    'result.s.matches("a")',
    '!("a".contains(result.s))',
  ];
  expect(linear.map((text) => readCondition(text).isLinear)).toEqual([true, true]);
  expect(costly.map((text) => readCondition(text).isLinear)).toEqual([false, false, false, false]);
});

it('reviews every condition of a workflow, and tells the first 100 faults with their places', () => {
  const bad = (index: number) => ({ id: `t${index}`, handler: 'h', dependsOn: ['a', { id: 'b', when: 'rows > 0' }] });
  const tops = ['a', 'b'].map((id) => ({ id, handler: 'h' }));
  const faults = reviewConditions({
    name: 'w',
    tasks: [...tops, ...Array.from({ length: 200 }, (_, index) => bad(index))],
  });
  expect(faults).toHaveLength(100);
  expect(faults[0]).toEqual({
    code: 'task-condition-bad',
    path: 'tasks[2].dependsOn[1].when',
    message: 'Expected a condition in CEL over result and input, but: Unknown variable: rows.',
  });
  const good = { id: 'c', handler: 'h', dependsOn: [{ id: 'a', when: 'result.rows > 0' }] };
  expect(reviewConditions({ name: 'w', tasks: [...tops, good] })).toEqual([]);
});
