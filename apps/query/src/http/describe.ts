import { applyDecorators } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiResponse } from '@nestjs/swagger';
import { problem } from '@millrace/protocol';
import { z } from 'zod';

const { $schema: _, ...schemaOfProblem } = z.toJSONSchema(problem, { io: 'output', target: 'openapi-3.0' });
const schema: object = schemaOfProblem;
/** Every other status that a read is answered with. */
const refusals: readonly number[] = [400, 404, 408, 413, 415, 503, 504];

/** Describes a route in OpenAPI: what it does and what it answers; every other answer is problem+json. */
export function Describe(summary: string, answer: z.ZodType): MethodDecorator {
  return applyDecorators(
    ApiOperation({ summary }),
    ApiOkResponse({ description: summary, standardSchema: answer }),
    ...refusals.map((status) =>
      ApiResponse({
        status,
        description: 'Problem details (RFC 9457)',
        content: { 'application/problem+json': { schema } },
      }),
    ),
  );
}
