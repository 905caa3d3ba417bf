import { hash } from 'node:crypto';
import type { Cell } from './cell.js';

/** A difference is looked for in one bucket's rows alone, so this divides what that needs in memory. */
export const bucketCount = 4_096;
const modulus = 1n << 128n;

/** 128 bits of the SHA-256 of a cell with its place. */
export function hashOf({ table, key, names, values }: Cell): bigint {
  return BigInt(`0x${hash('sha256', JSON.stringify([table, key, names[0], values]), 'hex').slice(0, 32)}`);
}

/**
 * Digest of a set of cells that does not depend on the order in which they come: for each bucket of row owners the sum of
 * their hashes. Takes 4,096 numbers, whatever the number of cells.
 */
export class BucketSums {
  readonly #sums: bigint[] = Array.from({ length: bucketCount }, () => 0n);

  add(owner: string, hash: bigint): void {
    const bucket = bucketOf(owner);
    this.#sums[bucket] = (this.#sums[bucket]! + hash) % modulus;
  }

  remove(owner: string, hash: bigint): void {
    this.add(owner, modulus - hash);
  }

  /** Hex SHA-256 over all sums. */
  digest(): string {
    return hash('sha256', this.#sums.map((sum) => sum.toString(16)).join(), 'hex');
  }

  /** Buckets in which the two sets differ. */
  differing(other: BucketSums): number[] {
    return this.#sums.flatMap((sum, bucket) => (sum === other.#sums[bucket] ? [] : [bucket]));
  }
}

/** FNV-1a over UTF-16 units. */
export function bucketOf(owner: string): number {
  let mixed = 0x811c9dc5;
  for (let at = 0; at < owner.length; at++) mixed = Math.imul(mixed ^ owner.charCodeAt(at), 0x01000193);
  return (mixed ^ (mixed >>> 15)) & (bucketCount - 1);
}
