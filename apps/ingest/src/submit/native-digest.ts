import { createHash } from 'node:crypto';

/** SHA-256 of a text in hex, by the machine's own code. */
export function nativeDigest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
