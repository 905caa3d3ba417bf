import { applyDecorators } from '@nestjs/common';
import { ApiDefaultResponse, ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { problem } from '@millrace/protocol';
import type { z } from 'zod';

/** Describes a route in OpenAPI: what it does and what it answers; every other answer is problem+json. */
export function Describe(summary: string, answer: z.ZodType): MethodDecorator {
  return applyDecorators(
    ApiOperation({ summary }),
    ApiOkResponse({ description: summary, standardSchema: answer }),
    ApiDefaultResponse({ description: 'Problem details (RFC 9457)', standardSchema: problem }),
  );
}
