/** A value as JSON carries it. Payloads are I-JSON (RFC 7493). */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** Nesting of a payload at most; what walks payloads may recurse. */
const nestingMax = 64;

/**
 * Can every part of the system hold this value? Refuses what Postgres cannot store (U+0000 and lone surrogates in strings
 * and keys), numbers that became infinite, and nesting over 64. Total and bounded, whatever `JSON.parse` gave.
 */
export function isStorable(value: unknown, nesting = nestingMax): boolean {
  if (typeof value === 'string') return value.isWellFormed() && !value.includes('\0');
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value !== 'object' || value === null) return true;
  if (nesting === 0) return false;
  if (Array.isArray(value)) return value.every((item) => isStorable(item, nesting - 1));
  return Object.entries(value).every(([key, member]) => isStorable(key) && isStorable(member, nesting - 1));
}

/**
 * JSON with the keys of every object in code unit order and no white space: equal values have equal bytes, whoever writes
 * them. The base of content hashes.
 */
export function canonicalJson(value: Json): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  const object = value as { readonly [key: string]: Json };
  const members = Object.keys(object)
    .filter((key) => object[key] !== undefined)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${canonicalJson(object[key] as Json)}`);
  return `{${members.join(',')}}`;
}
