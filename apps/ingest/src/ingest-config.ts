import { commonConfig, milliseconds } from '@millrace/nest-kit';
import { limits } from '@millrace/protocol';
import { z } from 'zod';

const count = (min: number, max: number): z.ZodPipe<z.ZodCoercedNumber, z.ZodNumber> =>
  z.coerce.number().pipe(z.number().int().min(min).max(max));

/** What ingest reads from its environment. */
export const ingestConfig = commonConfig.extend({
  /** Where reads are passed on to. */
  MILLRACE_QUERY_URL: z.url({ protocol: /^https?$/ }).default('http://127.0.0.1:4001'),
  /** How long a request waits for the log's acknowledgement before it is answered 503. Too small: duplicates by retrying callers. */
  MILLRACE_INGEST_ACK_MS: milliseconds(100, 60_000).default(5_000),
  /**
   * How long a request with an idempotency key, or with `Prefer: wait`, waits for its verdict once it is in the log; then it is
   * answered with the verdict `pending`. Too small: callers learn nothing while a dispatcher is taken over; too large: they wait.
   */
  MILLRACE_INGEST_VERDICT_MS: milliseconds(10, 60_000).default(5_000),
  /**
   * How long a command about a run waits for its verdict once it is in the log, and then for reads to tell an ended run from an
   * unknown one. Too small: answered `pending` or less exactly; too large: callers wait while a dispatcher is down.
   */
  MILLRACE_INGEST_COMMAND_VERDICT_MS: milliseconds(10, 60_000).default(2_000),
  /** Takes requests from the topic `<prefix>.intake` too. Where no process does, they wait there. */
  MILLRACE_INGEST_INTAKE_ENABLED: z
    .enum(['0', '1', 'false', 'true'])
    .default('1')
    .transform((text) => text === '1' || text === 'true'),
  /** Items that may wait for the log; beyond it 503 at once. Too small: bursts are refused; too large: long waits. */
  MILLRACE_INGEST_PENDING_ITEMS_MAX: count(1_000, 10_000_000).default(100_000),
  /** Bytes of payload that may wait for the log; beyond it 503 at once. Bounds memory. */
  MILLRACE_INGEST_PENDING_BYTES_MAX: count(1_048_576, 4_294_967_296).default(134_217_728),
  /** Events of one log partition that a dispatcher or projector may be behind; beyond it 429. */
  MILLRACE_INGEST_LAG_EVENTS_MAX: count(1, 1_000_000_000_000).default(1_000_000),
  /** For how long it may be behind the same place; beyond it 429. Heartbeats come every 2 s: keep it well above. */
  MILLRACE_INGEST_LAG_MS_MAX: milliseconds(1_000, 2_592_000_000).default(600_000),
  /** Longest body of POST /v1/workflows as JSON: it is parsed at once, some 15 us a task in which nothing else is answered. */
  MILLRACE_INGEST_WORKFLOW_BYTES_MAX: count(1_024, 134_217_728).default(33_554_432),
  /** Longest body of POST /v1/workflows as NDJSON. Two may come at once, and each holds about twice its bytes. */
  MILLRACE_INGEST_WORKFLOW_STREAM_BYTES_MAX: count(1_024, limits.workflowBytesMax).default(limits.workflowBytesMax),
  /** How long query may take to begin its answer. */
  MILLRACE_INGEST_QUERY_MS: milliseconds(100, 600_000).default(75_000),
});
export type IngestConfig = z.output<typeof ingestConfig>;
