/** A `traceparent` of W3C Trace Context: version, trace id, parent id, flags; never the version ff, nor ids of zeros. */
const pattern = /^(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;

/** Is it one that can be carried on? */
export function isTraceparent(value: unknown): value is string {
  return typeof value === 'string' && pattern.test(value);
}

/** The header's value where it can be carried on. Whatever else it is, is left out: so the standard asks. */
export function readTraceparent(header: string | undefined): string | undefined {
  const value = header?.trim();
  return isTraceparent(value) ? value : undefined;
}
