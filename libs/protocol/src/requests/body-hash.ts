import { createHash } from 'node:crypto';
import { canonicalJson, type Json } from '@millrace/domain';

/**
 * Tells bodies apart that come with the same idempotency key: the first 128 bits of the SHA-256 of the canonical JSON of
 * what was sent, in hex, without the key itself. White space and the order of members do not count; a default that was left
 * out is another body than one that was written out.
 */
export function bodyHash(body: unknown): string {
  const { idempotencyKey: _, ...rest } = body as Readonly<Record<string, Json>>;
  return createHash('sha256').update(canonicalJson(rest)).digest('hex').slice(0, 32);
}
