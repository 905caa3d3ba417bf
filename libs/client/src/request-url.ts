import type { Call } from './transport.js';

/** The path and query string of a call: names in braces replaced, what is undefined left out. */
export function pathOf({ url, path, query }: Call): string {
  const filled = path === undefined ? url : url.replace(/\{(\w+)\}/g, (_, name: string) => encoded(path[name]));
  if (query === undefined) return filled;
  const pairs = Object.entries(query).flatMap(([key, value]) =>
    value === undefined ? [] : [[key, String(value)] as [string, string]],
  );
  return pairs.length === 0 ? filled : `${filled}?${new URLSearchParams(pairs).toString()}`;
}

function encoded(value: unknown): string {
  return encodeURIComponent(String(value));
}
