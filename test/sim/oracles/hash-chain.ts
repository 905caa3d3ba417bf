import { crc32 } from 'node:zlib';
import { rollHash } from '@millrace/domain';
import type { InMemoryPartition } from '@millrace/runtime/testing';

/** The rolling hash of a partition's records at each of its offsets, found from the records alone. */
export class HashChain {
  readonly #hashes: (number | undefined)[];

  private constructor(hashes: readonly (number | undefined)[]) {
    this.#hashes = [...hashes];
  }

  static of(log: InMemoryPartition): HashChain {
    const chain = new HashChain([0]);
    chain.extend(log);
    return chain;
  }

  /** One that goes on behind the first `end` records of this one. */
  cut(end: number): HashChain {
    return new HashChain(this.#hashes.slice(0, end + 1));
  }

  /** Takes in what was appended since. */
  extend(log: InMemoryPartition): void {
    for (const { offset, value } of log.from(this.#hashes.length - 1))
      this.#hashes[offset + 1] = rollHash(this.#hashes[offset]!, offset, value === undefined ? 0 : crc32(value));
  }

  /** Is that the hash of a fold of these records that stands there? */
  has(position: number, hash: number): boolean {
    return this.#hashes[position] === hash;
  }
}
