/**
 * A value that should not be there, for a detail of at most 60 characters that every store can hold: no U+0000, no lone
 * surrogate, the same text on every engine. Only the kind of an object or list is told: it may be nested without end.
 */
export function shown(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object' && value !== null) return 'an object';
  return String(JSON.stringify(value)).slice(0, 60).toWellFormed();
}
