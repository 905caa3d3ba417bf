import { applyDecorators, UseFilters } from '@nestjs/common';
import { MessagePattern } from '@nestjs/microservices';
import type { HandlerOptions } from '@millrace/worker';
import { KeepError } from './keep-error.js';

/** Binds `@TaskHandler` methods to `MillraceServer` alone, beside whatever other transports an application has. */
export const millraceTransport = Symbol('millrace');

/**
 * The method executes the tasks that name this handler: it gets the input and the `TaskContext`, and what it returns is the
 * result. Pipes, guards and interceptors work as everywhere; errors reach Millrace as they were thrown.
 */
export function TaskHandler(name: string, options: HandlerOptions = {}): MethodDecorator {
  return applyDecorators(MessagePattern(name, millraceTransport, { millrace: options }), UseFilters(KeepError));
}
