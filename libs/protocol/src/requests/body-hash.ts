import { canonicalJson, type Json } from '@millrace/domain';
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';

/**
 * Tells bodies apart that come with the same idempotency key: the first 128 bits of the SHA-256 of the canonical JSON of
 * what was sent, in hex, without the key itself. White space and the order of members do not count; a default that was left
 * out is another body than one that was written out.
 */
export function bodyHash(body: unknown, digest = plainDigest): string {
  const { idempotencyKey: _, ...rest } = body as Readonly<Record<string, Json>>;
  return digest(canonicalJson(rest)).slice(0, 32);
}

function plainDigest(text: string): string {
  return bytesToHex(sha256(utf8ToBytes(text)));
}
