import { applyDecorators } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiHeader, ApiOperation, ApiResponse } from '@nestjs/swagger';
import { positionHeader, problem } from '@millrace/protocol';
import { z } from 'zod';

export interface Description {
  readonly summary: string;
  readonly body: z.ZodType;
  /** Takes `application/yaml` too. */
  readonly yaml?: boolean;
  /** Takes `application/x-ndjson` too, each line one of these. */
  readonly ndjson?: readonly z.ZodType[];
  readonly answers: Readonly<Record<number, z.ZodType>>;
  /** With which status it answers NDJSON with NDJSON, each line one of these. */
  readonly ndjsonAnswer?: { readonly status: number; readonly line: z.ZodType };
  /** Answers say where in the log the request lies. */
  readonly positioned?: boolean;
  /** What may be asked for in headers. */
  readonly headers?: readonly RequestHeader[];
}

export type RequestHeader = 'idempotency-key' | 'prefer';
const headerSentences: Readonly<Record<RequestHeader, string>> = {
  'idempotency-key': 'The idempotencyKey of the body, for whoever cannot set that',
  prefer: 'wait: answer when the verdict is known; respond-async: do not wait for it',
};

/** Every other status that a write is answered with. */
const refusals: readonly number[] = [400, 404, 408, 409, 413, 415, 422, 429, 503];
const ndjsonType = 'application/x-ndjson';
const headers = {
  [positionHeader]: {
    description: 'partition:offset,... of what was logged: a read with waitFor shows it',
    schema: { type: 'string' },
  },
  'preference-applied': { description: 'What of Prefer was followed', schema: { type: 'string' } },
  'retry-after': {
    description: 'Whole seconds after which the same request may succeed; retryAfter of the problem',
    schema: { type: 'integer', minimum: 0 },
  },
} as const;
/** Statuses that may say when to come back. */
const forLater: readonly number[] = [429, 503];

/** Describes a route in OpenAPI by the zod schemas that it works with; every other answer is problem+json. */
export function Describe(route: Description): MethodDecorator {
  const { summary, body, yaml = false, ndjson, answers, ndjsonAnswer, headers: asked = [] } = route;
  return applyDecorators(
    ApiOperation({ summary }),
    ApiConsumes('application/json', ...(yaml ? ['application/yaml'] : []), ...(ndjson ? [ndjsonType] : [])),
    ApiBody({ schema: openApiOf(ndjson === undefined ? body : z.union([body, ...ndjson]), 'input') }),
    ...asked.map((name) =>
      ApiHeader({ name, required: false, description: headerSentences[name], schema: { type: 'string' } }),
    ),
    ...Object.entries(answers).map(([status, schema]) =>
      ApiResponse({
        status: Number(status),
        description: summary,
        ...headersOf(Number(status), route),
        content: contentOf(Number(status), schema),
      }),
    ),
    ...(ndjsonAnswer === undefined
      ? []
      : [
          ApiResponse({
            status: ndjsonAnswer.status,
            description: 'A line for each line, as they are decided',
            content: { [ndjsonType]: { schema: openApiOf(ndjsonAnswer.line, 'output') } },
          }),
        ]),
    ...refusals
      .filter((status) => !(status in answers))
      .map((status) =>
        ApiResponse({
          status,
          description: 'Problem details (RFC 9457)',
          ...headersOf(status, route),
          content: ofProblem,
        }),
      ),
  );
}

const ofProblem = { 'application/problem+json': { schema: openApiOf(problem, 'output') } };

function headersOf(status: number, { positioned = false, headers: asked = [] }: Description) {
  const some = {
    ...(positioned && status < 400 && { [positionHeader]: headers[positionHeader] }),
    ...(asked.includes('prefer') && status < 400 && { 'preference-applied': headers['preference-applied'] }),
    ...(forLater.includes(status) && { 'retry-after': headers['retry-after'] }),
  };
  return Object.keys(some).length === 0 ? {} : { headers: some };
}

/** A status that refuses some of what was asked may refuse all of it. */
function contentOf(status: number, schema: z.ZodType) {
  const own = { 'application/json': { schema: openApiOf(schema, 'output') } };
  return status < 400 ? own : { ...own, ...ofProblem };
}

function openApiOf(schema: z.ZodType, io: 'input' | 'output'): object {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, target: 'openapi-3.0', unrepresentable: 'any' });
  return rest;
}
