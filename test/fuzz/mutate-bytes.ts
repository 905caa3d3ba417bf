import type { Draws } from './draws.ts';

/** Bytes at which readers stumble: NUL, no UTF-8, halves of surrogates, quotes, escapes, brackets, signs, line ends. */
const awkward: readonly Uint8Array[] = [
  [0x00], [0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80], [0xef, 0xbb, 0xbf], [0xe2, 0x80, 0xa8],
  ...['"', '\\', '\\u', '\\u0000', '\\ud800', '{', '}', '[', ']', '[[[[', ',', ':', '-', '.', 'e', '0', '9'.repeat(20), '\n', '\r', '\t', ' ', '#', '&a', '*a', '!!', '|', '%'].map((text) => [...Buffer.from(text)]),
].map((bytes) => Uint8Array.from(bytes)); // prettier-ignore

/** The bytes with up to four small changes; what is put in may come from `other`. */
export function mutateBytes(draws: Draws, bytes: Uint8Array, other: Uint8Array): Uint8Array {
  let changed = bytes;
  for (let count = 1 + draws.below(4); count > 0; count--) changed = mutateOnce(draws, changed, other);
  return changed;
}

function mutateOnce(draws: Draws, bytes: Uint8Array, other: Uint8Array): Uint8Array {
  const at = draws.below(bytes.length + 1);
  const size = 1 + draws.below(draws.once(4) ? 64 : 4);
  switch (draws.below(6)) {
    case 0: {
      const flipped = Uint8Array.from(bytes);
      if (at < bytes.length) flipped[at]! ^= 1 << draws.below(8);
      return flipped;
    }
    case 1:
      return put(bytes, at, at, draws.pick(awkward));
    case 2:
      return put(bytes, at, at + size, new Uint8Array(0));
    case 3:
      return put(bytes, at, at, bytes.subarray(at, at + size));
    case 4: {
      const from = draws.below(other.length + 1);
      return put(bytes, at, at, other.subarray(from, from + size));
    }
    default:
      return put(bytes, at, at + 1, draws.pick(awkward));
  }
}

function put(bytes: Uint8Array, from: number, to: number, piece: Uint8Array): Uint8Array {
  return Buffer.concat([bytes.subarray(0, from), piece, bytes.subarray(to)]);
}
