import { applyDecorators } from '@nestjs/common';
import { ApiBody, ApiHeader, ApiOperation, ApiResponse } from '@nestjs/swagger';
import { positionHeader, problem } from '@millrace/protocol';
import { z } from 'zod';

/** Every other status that a read is answered with; 502 and 504 also by ingest, which passes reads on. */
const refusals: readonly number[] = [400, 404, 408, 412, 413, 415, 422, 502, 503, 504];
/** Statuses that may say when to come back. */
const forLater: readonly number[] = [412, 502, 503, 504];
const retryAfter = {
  description: 'Whole seconds after which the same request may succeed; retryAfter of the problem',
  schema: { type: 'integer', minimum: 0 },
} as const;
const position = {
  description: 'partition:offset,...: the answer shows at least this; absent where rows are not what it is read from',
  schema: { type: 'string' },
} as const;
const ofProblem = { 'application/problem+json': { schema: openApiOf(problem, 'output') } };

/** Describes a route in OpenAPI: what it does, takes and answers; every other answer is problem+json. */
export function Describe(summary: string, answer: z.ZodType, body?: z.ZodType): MethodDecorator {
  return applyDecorators(
    ApiOperation({ summary }),
    ...(body === undefined ? [] : [ApiBody({ schema: openApiOf(body, 'input') })]),
    ApiResponse({
      status: 200,
      description: summary,
      headers: { [positionHeader]: position },
      content: { 'application/json': { schema: openApiOf(answer, 'output') } },
    }),
    ...asProblems(),
  );
}

/** The same for a route that answers with server-sent events, `event` being the data of one. */
export function DescribeEvents(summary: string, event: z.ZodType): MethodDecorator {
  return applyDecorators(
    ApiOperation({ summary }),
    ApiHeader({ name: 'last-event-id', required: false, description: 'id of the last event that arrived' }),
    ApiResponse({
      status: 200,
      description: summary,
      headers: { [positionHeader]: position },
      content: { 'text/event-stream': { schema: openApiOf(event, 'output') } },
    }),
    ApiResponse({ status: 204, description: 'The run had ended, and its end was told' }),
    ...asProblems(),
  );
}

function asProblems(): MethodDecorator[] {
  return refusals.map((status) =>
    ApiResponse({
      status,
      description: 'Problem details (RFC 9457)',
      ...(forLater.includes(status) && { headers: { 'retry-after': retryAfter } }),
      content: ofProblem,
    }),
  );
}

function openApiOf(schema: z.ZodType, io: 'input' | 'output'): object {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, target: 'openapi-3.0', unrepresentable: 'any' });
  return rest;
}
