import { z } from 'zod';
import { problemCodes } from './problem-codes.js';

/** One of several things wrong with a request. */
export const problemFault = z.object({
  code: z.string(),
  /** "Expected X, but Y". */
  message: z.string(),
  /** JSON pointer (RFC 6901) into the body. */
  path: z.string(),
  /** Of a streamed body, from 1. */
  line: z.int().optional(),
});
export type ProblemFault = z.infer<typeof problemFault>;

/** Problem details (RFC 9457), `application/problem+json`: the body of every answer that is no success. */
export const problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  /** Kebab-case and stable: programs decide by it. One of `problemCodes`, unless the service is of a later version. */
  code: z
    .string()
    .describe(`Programs decide by it. One of: ${problemCodes.join(', ')}. A later version may have more.`),
  /** A sentence for people: what was expected, what was found, what to do. */
  detail: z.string(),
  /** Whole seconds after which the same request may succeed; also in the header Retry-After. */
  retryAfter: z.int().optional(),
  faults: z.array(problemFault).optional(),
});
export type Problem = z.infer<typeof problem>;
