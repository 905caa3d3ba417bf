import { fitsDouble } from '@millrace/protocol';
import type { JsonFault, JsonFaultCode } from './json-refused.js';
import { pathAt } from './path-at.js';

const inArray = 0;
const inObject = 1;
/** The value of a key `constructor`. */
const inConstructor = 2;

/** Digits that every double holds, whatever they are. */
const safeDigits = 15;

/**
 * Finds the first thing in JSON bytes that Millrace refuses although JSON allows it: nesting over `depthMax`, the keys
 * `__proto__` and `constructor.prototype`, numbers that a double cannot hold, U+0000 and lone surrogates in strings. One
 * pass, about 1 ns a byte, nothing allocated; malformed JSON is left to `JSON.parse`, which is safe to call afterwards.
 */
export function scanJson(bytes: Uint8Array, depthMax: number): JsonFault | undefined {
  const kinds = new Uint8Array(depthMax + 1);
  const length = bytes.length;
  let depth = 0;
  let keyNext = false;
  let constructorNext = false;
  let at = 0;
  while (at < length) {
    const byte = bytes[at]!;
    if (byte === 0x22) {
      const from = at++;
      let escaped = false;
      for (let inner = bytes[at]!; at < length && inner !== 0x22; inner = bytes[at]!) {
        if (inner !== 0x5c) {
          at += 1;
          continue;
        }
        escaped = true;
        if (bytes[at + 1] !== 0x75) {
          at += 2;
          continue;
        }
        const unit = hexAt(bytes, at + 2);
        if (unit === 0) return fault(bytes, from, 'json-string-nul');
        if (unit >= 0xdc00 && unit <= 0xdfff) return fault(bytes, from, 'json-string-lone-surrogate');
        at += 6;
        if (unit < 0xd800 || unit > 0xdbff) continue;
        const low = bytes[at] === 0x5c && bytes[at + 1] === 0x75 ? hexAt(bytes, at + 2) : 0;
        if (low < 0xdc00 || low > 0xdfff) return fault(bytes, from, 'json-string-lone-surrogate');
        at += 6;
      }
      at += 1;
      if (!keyNext) {
        constructorNext = false;
        continue;
      }
      keyNext = false;
      // The keys to look at are 9 or 11 characters long, longer only where they are escaped.
      const size = at - from - 2;
      if (size !== 9 && size !== 11 && !escaped) continue;
      const key = keyOf(bytes, from, at, escaped);
      if (key === '__proto__') return fault(bytes, at, 'json-key-forbidden');
      if (key === 'prototype' && kinds[depth] === inConstructor) return fault(bytes, at, 'json-key-forbidden');
      constructorNext = key === 'constructor';
    } else if (byte === 0x2c) {
      keyNext = kinds[depth] !== inArray;
      constructorNext = false;
      at += 1;
    } else if (byte === 0x7b || byte === 0x5b) {
      if (depth === depthMax) return fault(bytes, at, 'json-too-deep');
      depth += 1;
      kinds[depth] = byte === 0x5b ? inArray : constructorNext ? inConstructor : inObject;
      keyNext = byte === 0x7b;
      constructorNext = false;
      at += 1;
    } else if (byte === 0x7d || byte === 0x5d) {
      if (depth > 0) depth -= 1;
      keyNext = false;
      at += 1;
    } else if ((byte >= 0x30 && byte <= 0x39) || byte === 0x2d) {
      const from = at++;
      let plain = true;
      for (let inner = bytes[at]!; at < length && isNumberByte(inner); inner = bytes[at]!) {
        if (inner > 0x39) plain = false;
        at += 1;
      }
      if (plain && at - from <= safeDigits) continue;
      if (!survives(asciiOf(bytes, from, at))) return fault(bytes, from, 'json-number-not-exact');
    } else {
      at += 1;
    }
  }
  return undefined;
}

/**
 * A number must fit as it is written here and as it will be written into the log, where the same rule judges it again. What
 * is no number at all is left to `JSON.parse`.
 */
function survives(literal: string): boolean {
  const value = Number(literal);
  return Number.isNaN(value) || (fitsDouble(literal) && fitsDouble(JSON.stringify(value)));
}

/** 0-9 + - . e E */
function isNumberByte(byte: number): boolean {
  return (
    (byte >= 0x30 && byte <= 0x39) || byte === 0x2e || byte === 0x65 || byte === 0x45 || byte === 0x2b || byte === 0x2d
  );
}

/** The UTF-16 unit that four hex digits name; 1 where they are none, which `JSON.parse` refuses. */
function hexAt(bytes: Uint8Array, at: number): number {
  const unit = Number.parseInt(asciiOf(bytes, at, at + 4), 16);
  return Number.isNaN(unit) ? 1 : unit;
}

function asciiOf(bytes: Uint8Array, from: number, to: number): string {
  return String.fromCharCode(...bytes.subarray(from, Math.min(to, from + 2_000)));
}

function keyOf(bytes: Uint8Array, from: number, to: number, escaped: boolean): string {
  if (!escaped) return asciiOf(bytes, from + 1, to - 1);
  try {
    return JSON.parse(new TextDecoder().decode(bytes.subarray(from, to))) as string;
  } catch {
    return '';
  }
}

const details: Record<Exclude<JsonFaultCode, 'json-malformed' | 'json-not-utf8'>, string> = {
  'json-too-deep': 'Expected less nesting, but the value here is too deep. Flatten it.',
  'json-key-forbidden': 'Expected ordinary keys, but __proto__ and constructor.prototype are refused. Rename the key.',
  'json-number-not-exact': 'Expected a number that a double holds, but this one would change. Send it as a string.',
  'json-string-nul':
    'Expected text, but it contains U+0000, which cannot be stored. Encode it, for instance as base64.',
  'json-string-lone-surrogate': 'Expected well-formed Unicode, but the text contains half of a surrogate pair.',
};

function fault(bytes: Uint8Array, at: number, code: keyof typeof details): JsonFault {
  return { code, detail: details[code], path: pathAt(bytes, at) };
}
