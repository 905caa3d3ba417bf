const quote = 0x22;
const backslash = 0x5c;

/**
 * JSON pointer to what stands at byte `offset`, by reading the bytes before it once more. Only a refusal pays for it.
 */
export function pathAt(bytes: Uint8Array, offset: number): string {
  const path: (string | number)[] = [];
  let at = 0;
  while (at < offset) {
    const byte = bytes[at]!;
    if (byte === quote) {
      const from = at++;
      while (at < bytes.length && bytes[at] !== quote) at += bytes[at] === backslash ? 2 : 1;
      at += 1;
      if (typeof path.at(-1) === 'string' && isKey(bytes, at)) path[path.length - 1] = textOf(bytes.subarray(from, at));
      continue;
    }
    if (byte === 0x7b) path.push('');
    else if (byte === 0x5b) path.push(0);
    else if (byte === 0x7d || byte === 0x5d) path.pop();
    else if (byte === 0x2c && typeof path.at(-1) === 'number') path[path.length - 1] = (path.at(-1) as number) + 1;
    at += 1;
  }
  return path.map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

function isKey(bytes: Uint8Array, after: number): boolean {
  let at = after;
  while (bytes[at] === 0x20 || bytes[at] === 0x0a || bytes[at] === 0x0d || bytes[at] === 0x09) at += 1;
  return bytes[at] === 0x3a;
}

function textOf(quoted: Uint8Array): string {
  const raw = new TextDecoder().decode(quoted);
  try {
    return JSON.parse(raw) as string;
  } catch {
    return raw;
  }
}
