import { utf8ToBytes } from '@noble/hashes/utils.js';

/**
 * The log partition of a request with an idempotency key: FNV-1a over the UTF-8 bytes of tenant, a zero byte and key, its
 * bits mixed by MurmurHash3's finalizer, modulo the partition count. One function, the same for ever: another one would
 * send a repeated request where its key is not known. A request without a key goes anywhere.
 */
export function partitionOfKey(tenant: string, key: string, partitions: number): number {
  let hash = 0x811c9dc5;
  for (const byte of utf8ToBytes(`${tenant}\0${key}`)) hash = Math.imul(hash ^ byte, 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) % partitions;
}
