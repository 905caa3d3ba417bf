/**
 * Rolling hash of the records of a log, an unsigned 32-bit integer, 0 before the first: two folds that stand at the same
 * position with the same hash have read the same bytes. Each record changes it by its offset and by the CRC32 of its value
 * (0 for a record without value); the mixing is MurmurHash3's, so that records that change places change the hash.
 */
export function rollHash(hash: number, offset: number, crc: number): number {
  let mixed = mix(hash, crc);
  mixed = mix(mixed, offset | 0);
  return mix(mixed, Math.floor(offset / 2 ** 32));
}

function mix(hash: number, word: number): number {
  let scrambled = Math.imul(word, 0xcc9e2d51);
  scrambled = (scrambled << 15) | (scrambled >>> 17);
  const joined = hash ^ Math.imul(scrambled, 0x1b873593);
  return (Math.imul((joined << 13) | (joined >>> 19), 5) + 0xe6546b64) >>> 0;
}
