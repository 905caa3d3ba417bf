import { runView } from '@millrace/protocol';
import { z } from 'zod';

/** Members of the query string that every read takes. */
const wait = {
  /** Answer only once the projection shows everything below this offset: `partition:offset`, as ingest answers it. */
  waitFor: z
    .string()
    .regex(/^\d{1,5}:\d{1,18}$/, 'written partition:offset')
    .optional()
    .describe('partition:offset to wait for'),
  /** For at most this long; default 5,000. */
  waitMs: z.coerce.number().int().min(0).max(30_000).default(5_000).describe('how long to wait'),
};
const paged = {
  cursor: z.string().min(1).max(1_000).optional().describe('`next` of the answer before'),
  limit: z.coerce.number().int().min(1).max(200).default(50),
};
const name = z
  .string()
  .min(1)
  .max(200)
  .refine((text) => !text.includes('\0'), 'a name without U+0000');
const time = z.iso.datetime({ offset: true }).transform((text) => new Date(text));

export const waitQuery = z.strictObject(wait);
export type WaitQuery = z.output<typeof waitQuery>;

export const pageQuery = z.strictObject({ ...wait, ...paged });
export type PageQuery = z.output<typeof pageQuery>;

export const quarantineQuery = z.strictObject({
  ...wait,
  ...paged,
  partition: z.coerce.number().int().min(0).max(65_535).optional(),
  cause: name.optional().describe('such as bad-field, unknown-kind, crc-mismatch'),
});
export type QuarantineQuery = z.output<typeof quarantineQuery>;

export const listRunsQuery = z.strictObject({
  ...wait,
  ...paged,
  status: runView.shape.status.optional(),
  workflow: name.optional(),
  tenant: name.optional(),
  idempotencyKey: name.optional().describe('runs that were requested with this key'),
  since: time.optional().describe('requested at or after (RFC 3339)'),
  until: time.optional().describe('requested before (RFC 3339)'),
});
export type ListRunsQuery = z.output<typeof listRunsQuery>;
