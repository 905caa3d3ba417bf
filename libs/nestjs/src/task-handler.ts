import { applyDecorators, UseFilters } from '@nestjs/common';
import { MessagePattern } from '@nestjs/microservices';
import { contractOptions, isTaskContract, type HandlerOptions, type TaskContract } from '@millrace/worker';
import { KeepError } from './keep-error.js';

/** Binds `@TaskHandler` methods to `MillraceServer` alone, beside whatever other transports an application has. */
export const millraceTransport = Symbol('millrace');

/**
 * The method executes the tasks that name this handler, by its name or by the contract that its publishers have: it gets the input and the `TaskContext`, and what it returns is the
 * result. Pipes, guards and interceptors work as everywhere; errors reach Millrace as they were thrown.
 */
export function TaskHandler(named: string | TaskContract, options: HandlerOptions = {}): MethodDecorator {
  const name = isTaskContract(named) ? named.handler : named;
  const millrace = { ...contractOptions(named), ...options };
  return applyDecorators(MessagePattern(name, millraceTransport, { millrace }), UseFilters(KeepError));
}
