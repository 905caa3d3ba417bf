import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { faultOfString, fitsDouble, iJsonFaults, maySinAgainstIJson } from './i-json.js';

/** Generous: the machine may be busy, and nothing here waits. */
vi.setConfig({ testTimeout: 60_000 });

describe('a number literal that survives being read as a double and written again', () => {
  it.each([
    '0', '-0', '0.0', '0e5', '1', '-1', '0.1', '1.5e3', '1E+2', '100000000000000000000000', '9007199254740992',
    '9007199254740994', '1152921504606846976', '1152921504606847000', '5e-324', '2.2250738585072014e-308',
    '1.7976931348623157e308', '0.30000000000000004', '3.141592653589793', `1.${'0'.repeat(500)}`,
  ])('%s does', (literal) => expect(fitsDouble(literal)).toBe(true)); // prettier-ignore

  it.each([
    '1e400', '-1e400', '1e-400', '3e-324', '9007199254740993', '-9007199254740993', '1152921504606846977',
    '12345678901234567890', '3.141592653589793238462643383279', '0.1000000000000000055511151231257827', '0.30000000000000005',
  ])('%s does not', (literal) => expect(fitsDouble(literal)).toBe(false)); // prettier-ignore

  it('does as the shortest text of any double', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        expect(fitsDouble(JSON.stringify(value))).toBe(true);
      }),
      { numRuns: 5_000 },
    );
  });

  it('does as any whole number that a double can be', () => {
    const large = fc.bigInt({ min: 1n, max: 1n << 200n }).map((value) => BigInt(Number(value)));
    fc.assert(
      fc.property(large, (value) => {
        expect(fitsDouble(String(value))).toBe(true);
      }),
    );
  });

  it('does not as any odd number above 2^53', () => {
    const odd = fc.bigInt({ min: (1n << 52n) + 1n, max: 1n << 62n }).map((half) => half * 2n + 1n);
    fc.assert(
      fc.property(odd, (value) => {
        expect(fitsDouble(String(value))).toBe(false);
      }),
    );
  });

  it('is told in linear time, however many zeros stand in it', () => {
    expect(fitsDouble(`0.1${'0'.repeat(600_000)}1`)).toBe(false);
    expect(fitsDouble(`1.${'0'.repeat(600_000)}`)).toBe(true);
  });
});

describe('the quick look', () => {
  it('asks for the walk wherever a number does not fit', () => {
    const literal = fc.oneof(
      fc.bigInt().map(String),
      fc.tuple(fc.bigInt(), fc.nat()).map(([whole, part]) => `${whole}.${part}`),
      fc.tuple(fc.integer(), fc.integer({ min: -400, max: 400 })).map(([whole, power]) => `${whole}e${power}`),
    );
    fc.assert(
      fc.property(literal, fc.constantFrom('[%]', '{"a":%}', '[1, \n%]', '{"a" : %,"b":1}'), (number, around) => {
        if (!fitsDouble(number)) expect(maySinAgainstIJson(around.replace('%', number))).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });

  it('passes over what frames are full of', () => {
    expect(maySinAgainstIJson('{"now":1700000000000,"items":[{"run":"0000000000000000","x":0.25}]}')).toBe(false);
  });
});

it('finds U+0000 and lone surrogates behind escapes, and nothing in what only looks like one', () => {
  expect(faultOfString('"\\u0000"')).toBe('nul-in-string');
  expect(faultOfString('"\\ud800"')).toBe('lone-surrogate');
  expect(faultOfString('"\\udc00\\ud800"')).toBe('lone-surrogate');
  expect(faultOfString('"\\ud83d\\ude00"')).toBeUndefined();
  expect(faultOfString('"\\\\u0000"')).toBeUndefined();
  expect(faultOfString('"plain"')).toBeUndefined();
});

describe('the walk gives the index of each item at fault', () => {
  const nul = '"\\u0000"';
  it.each<[string, string, [number, string][]]>([
    ['a plain item', `{"items":[1,${nul},1e400]}`, [[1, 'nul-in-string'], [2, 'number-not-a-double']]],
    ['nested lists and objects', `{"items":[{"a":[[1],[{"b":2}]]},{"a":[[],[${nul}]]}]}`, [[1, 'nul-in-string']]],
    ['a key at fault', `{"items":[{},{${nul}:1}]}`, [[1, 'nul-in-string']]],
    ['a payload with members named items', `{"items":[{"items":[1,{"items":[2]}]},{"items":[1e400]}]}`, [[1, 'number-not-a-double']]],
    ['strings that look like JSON', `{"items":["[{\\"items\\":[1e400","]}",${nul}]}`, [[2, 'nul-in-string']]],
    ['escaped quotes and backslashes', `{"items":["\\\\","\\"",${nul}]}`, [[2, 'nul-in-string']]],
    ['items that are true, false and null', `{"items":[true,false,null,${nul}]}`, [[3, 'nul-in-string']]],
    ['items that are empty', `{"items":[[],{},"",${nul}]}`, [[3, 'nul-in-string']]],
    ['only the first fault of an item', `{"items":[[1e400,${nul}]]}`, [[0, 'number-not-a-double']]],
    ['a fault outside', `{"by":${nul},"items":[1,1e400]}`, [[-1, 'nul-in-string'], [1, 'number-not-a-double']]],
    ['a fault after the items', `{"items":[1],"by":${nul}}`, [[-1, 'nul-in-string']]],
    ['a member whose value is "items"', `{"by":"items","x":[1e400],"items":[1]}`, [[-1, 'number-not-a-double']]],
    ['an earlier member items, which the last one replaces', `{"items":[1e400,2],"items":[3,4,${nul}]}`, [[2, 'nul-in-string']]],
    ['white space everywhere', `{ "items" :\n[ 1 ,\t${nul} ] }`, [[1, 'nul-in-string']]],
  ])('%s', (_title, text, expected) => {
    JSON.parse(text);
    expect([...iJsonFaults(text)]).toEqual(expected);
  }); // prettier-ignore

  it('whatever JSON stands around it', () => {
    const json = fc.jsonValue({ maxDepth: 4 });
    fc.assert(
      fc.property(fc.array(json, { maxLength: 6 }), json, fc.array(json, { maxLength: 6 }), (before, nest, after) => {
        const text = (values: unknown[]) => values.map((value) => JSON.stringify(value));
        const items = [...text(before), `{"a":${JSON.stringify(nest)},"b":[1e400]}`, ...text(after)];
        const faults = iJsonFaults(`{"v":1,"items":[${items.join(',')}],"now":1}`);
        const clean = (index: number) => index === before.length || !faults.has(index);
        expect(faults.get(before.length)).toBeDefined();
        expect(items.every((item, index) => clean(index) || item.includes('\\u'))).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});
