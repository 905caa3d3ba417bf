import { describe, expect, it } from 'vitest';
import { JsonRefused } from './json-refused.js';
import { parseJson } from './parse-json.js';

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

function faultOf(text: string | Uint8Array): string {
  try {
    parseJson(typeof text === 'string' ? bytesOf(text) : text);
  } catch (error) {
    if (error instanceof JsonRefused) return `${error.fault.code} ${error.fault.path}`.trim();
    throw error;
  }
  return 'taken';
}

describe('parseJson', () => {
  it.each([
    ['{"a":[1,2,{"b":9007199254740993}]}', 'json-number-not-exact /a/2/b'],
    ['{"a":1e400}', 'json-number-not-exact /a'],
    ['{"a":-1e400}', 'json-number-not-exact /a'],
    ['{"a":1e-400}', 'json-number-not-exact /a'],
    ['[90071992547409930e-1]', 'json-number-not-exact /0'],
    ['[123456789012345678901234567890]', 'json-number-not-exact /0'],
    ['{"a":{"__proto__":1}}', 'json-key-forbidden /a/__proto__'],
    ['{"\\u005f_proto__":1}', 'json-key-forbidden /__proto__'],
    ['{"constructor":{"x":1,"prototype":{}}}', 'json-key-forbidden /constructor/prototype'],
    ['{"a~/b":["x","\\u0000"]}', 'json-string-nul /a~0~1b/1'],
    ['["\\ud800"]', 'json-string-lone-surrogate /0'],
    ['["\\ud800\\u0041"]', 'json-string-lone-surrogate /0'],
    ['["\\udc00"]', 'json-string-lone-surrogate /0'],
    ['{"a":', 'json-malformed'],
    ['', 'json-malformed'],
    ['{"a":01}', 'json-malformed'],
    ['"\u0000"', 'json-malformed'],
  ])('refuses %s as %s', (text, fault) => {
    expect(faultOf(text)).toBe(fault);
  });

  it('quotes what it refuses without control characters', () => {
    expect(() => parseJson(bytesOf('\u0000{"\u001b[2J'))).toThrow(
      String.raw`Unexpected token '\u0000', "\u0000{"\u001b[2J"`,
    );
  });

  it('refuses bytes that are not UTF-8', () => {
    expect(faultOf(Uint8Array.of(0x22, 0xff, 0x22))).toBe('json-not-utf8');
    expect(faultOf(Uint8Array.of(0x22, 0xed, 0xa0, 0x80, 0x22))).toBe('json-not-utf8');
  });

  it('takes 64 levels and refuses the 65th', () => {
    expect(faultOf('['.repeat(64) + ']'.repeat(64))).toBe('taken');
    expect(faultOf('['.repeat(65) + ']'.repeat(65))).toContain('json-too-deep /0/0');
    expect(faultOf('{"a":'.repeat(200_000))).toContain('json-too-deep');
  });

  it('takes what looks alike and is harmless', () => {
    const text = String.raw`{"a":9007199254740992,"b":1e23,"c":0.1,"d":100000000000000000000000,"e":0e999,
      "constructor":1,"prototype":2,"f":"__proto__","g":"\ud83d\ude00 \\u0000","h":-0,"i":1.7976931348623157e308,"j":[]}`;
    expect(parseJson(bytesOf(text))).toEqual(JSON.parse(text));
  });

  it('takes doubles as JavaScript writes them', () => {
    for (const value of [
      Number.MAX_VALUE,
      Number.MIN_VALUE,
      2 ** 53 + 2,
      1e21,
      123456789e30,
      -5e-324,
      0.1 + 0.2,
      2 ** 63,
    ]) {
      expect(parseJson(bytesOf(JSON.stringify([value])))).toEqual([value]);
    }
  });
});
