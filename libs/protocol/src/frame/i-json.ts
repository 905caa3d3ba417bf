/**
 * What I-JSON (RFC 7493) forbids and a parsed value no longer shows: numbers that a double cannot hold, U+0000 and lone
 * surrogates in strings.
 */
export type IJsonFault = 'number-not-a-double' | 'nul-in-string' | 'lone-surrogate';

/** Could `text` hold a fault? False is certain; true asks for the walk. Cheap: two native searches. */
export function maySinAgainstIJson(text: string): boolean {
  return text.includes('\\u') || longOrScientificNumber.test(text);
}
const longOrScientificNumber = /[:,[]\s*-?(?:[\d.]{16}|[\d.]+[eE])/;

/** The smallest normal double: below it doubles hold fewer than 15 digits. */
const normalMin = 2.2250738585072014e-308;

/**
 * Does the number literal survive being read as a double and written again? It does if the double is exactly that number,
 * or if its digits (at most 17) are those of the double's shortest text, or of the double rounded to as many. Linear in the literal.
 */
export function fitsDouble(literal: string): boolean {
  const value = Number(literal);
  if (!Number.isFinite(value)) return false;
  const digits = significantDigits(literal);
  if (digits === '') return true;
  if (value === 0) return false;
  if (digits.length <= 15 && Math.abs(value) >= normalMin) return true;
  if (/^-?\d+$/.test(literal) && BigInt(value) === BigInt(literal)) return true;
  if (digits.length > 17) return false;
  if (digits === significantDigits(String(value))) return true;
  const read = Math.abs(value)
    .toExponential(digits.length - 1)
    .split('e')[0]!
    .replace('.', '');
  return read === digits;
}

/** Digits of the mantissa without zeros at either end. A loop: a pattern that ends in zeros took time by their square. */
function significantDigits(literal: string): string {
  const digits = literal.split(/[eE]/, 1)[0]!.replace(/[-.]/g, '');
  let from = 0;
  let to = digits.length;
  while (from < to && digits[from] === '0') from += 1;
  while (to > from && digits[to - 1] === '0') to -= 1;
  return digits.slice(from, to);
}

/** The first fault inside one JSON string literal (quotes included), or undefined. */
export function faultOfString(literal: string): IJsonFault | undefined {
  if (!literal.includes('\\u')) return undefined;
  const text = JSON.parse(literal) as string;
  if (text.includes('\0')) return 'nul-in-string';
  return text.isWellFormed() ? undefined : 'lone-surrogate';
}

/** Tokens of valid JSON that matter to the walk. */
const token = /"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*|[[\]{}]|true|false|null/g;

/**
 * Walks the text of a frame (valid JSON, an object with a member `items`) and gives the first fault of every item that has
 * one, by index; faults outside the items stand under -1. Linear; only walked where `maySinAgainstIJson` says so.
 */
export function iJsonFaults(text: string): Map<number, IJsonFault> {
  const faults = new Map<number, IJsonFault>();
  let depth = 0;
  let inItems = false;
  let index = -1;
  let lastString = '';
  token.lastIndex = 0;
  for (let match = token.exec(text); match !== null; match = token.exec(text)) {
    const found = match[0];
    const first = found[0]!;
    if (first === '[' || first === '{') {
      if (depth === 1 && first === '[' && lastString === '"items"') {
        inItems = true;
        index = -1;
        keepOnlyOutside(faults);
      } else if (inItems && depth === 2) index += 1;
      depth += 1;
    } else if (first === ']' || first === '}') {
      depth -= 1;
      if (depth === 1) inItems = false;
    } else {
      if (inItems && depth === 2) index += 1;
      const fault = faultOfScalar(found);
      if (depth === 1 && first === '"') lastString = found;
      const at = inItems ? index : -1;
      if (fault !== undefined && !faults.has(at)) faults.set(at, fault);
    }
  }
  return faults;
}

/** A later member `items` takes the place of an earlier one, whose faults are gone with it. */
function keepOnlyOutside(faults: Map<number, IJsonFault>): void {
  for (const index of faults.keys()) if (index >= 0) faults.delete(index);
}

function faultOfScalar(literal: string): IJsonFault | undefined {
  if (literal.startsWith('"')) return faultOfString(literal);
  return /^[tfn]/.test(literal) || fitsDouble(literal) ? undefined : 'number-not-a-double';
}
