/** Tries of a smaller input; each costs one reading. */
const triesMax = 2_000;

/** The chunks with as much taken away as still fails: whole chunks first, then pieces of them. */
export function shrink(
  chunks: readonly Uint8Array[],
  fails: (chunks: readonly Uint8Array[]) => boolean,
): readonly Uint8Array[] {
  let small = chunks;
  let tries = 0;
  const attempt = (smaller: readonly Uint8Array[]): boolean => {
    if (tries++ >= triesMax || !fails(smaller)) return false;
    small = smaller;
    return true;
  };
  for (let size = Math.ceil(small.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let at = 0; at < small.length;) if (!attempt(small.toSpliced(at, size))) at += size;
  }
  for (let index = 0; index < small.length; index++) {
    for (let size = Math.ceil(small[index]!.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
      for (let at = 0; at < small[index]!.length;) {
        const bytes = small[index]!;
        const rest = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + size)]);
        if (!attempt(small.with(index, rest))) at += size;
      }
    }
  }
  return small;
}
