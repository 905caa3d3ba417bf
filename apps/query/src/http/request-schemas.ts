import { runView, taskRunView } from '@millrace/protocol';
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
/** By a member, ascending, or with a dash before it descending; the first of the two is the default. */
const sortBy = (byDefault: string, reversed: string) =>
  z
    .enum([byDefault, reversed])
    .default(byDefault)
    .describe('a member to sort by, ascending; with a dash before it descending');
/** Does a value of `sort` ask for the highest first? */
export function isDescending({ sort }: { readonly sort: string }): boolean {
  return sort.startsWith('-');
}
const name = z
  .string()
  .min(1)
  .max(200)
  .refine((text) => !text.includes('\0'), 'a name without U+0000');
const time = z.iso.datetime({ offset: true }).transform((text) => new Date(text));

export const waitQuery = z.strictObject(wait);
export type WaitQuery = z.output<typeof waitQuery>;

export const listWorkflowsQuery = z.strictObject({ ...wait, ...paged, sort: sortBy('name', '-name') });
export type ListWorkflowsQuery = z.output<typeof listWorkflowsQuery>;

export const listTaskRunsQuery = z.strictObject({
  ...wait,
  ...paged,
  sort: sortBy('task', '-task'),
  status: taskRunView.shape.status.optional(),
});
export type ListTaskRunsQuery = z.output<typeof listTaskRunsQuery>;

export const quarantineQuery = z.strictObject({
  ...wait,
  ...paged,
  sort: sortBy('partition', '-partition'),
  partition: z.coerce.number().int().min(0).max(65_535).optional(),
  cause: name.optional().describe('such as bad-field, unknown-kind, crc-mismatch'),
});
export type QuarantineQuery = z.output<typeof quarantineQuery>;

export const listRunsQuery = z.strictObject({
  ...wait,
  ...paged,
  sort: sortBy('-requestedAt', 'requestedAt'),
  status: runView.shape.status.optional(),
  workflow: name.optional(),
  tenant: name.optional(),
  idempotencyKey: name.optional().describe('runs that were requested with this key'),
  since: time.optional().describe('requested at or after (RFC 3339)'),
  until: time.optional().describe('requested before (RFC 3339)'),
});
export type ListRunsQuery = z.output<typeof listRunsQuery>;
