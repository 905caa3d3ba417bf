import { isSchema, isTaskContract, type TaskContract } from '@millrace/protocol';
import type { Handler, HandlerOptions } from './handler.js';

export interface HandlerArguments {
  readonly name: string;
  readonly options: HandlerOptions;
  readonly handler: Handler<unknown> | URL;
}

/** What `handle` is given: a name or a contract, then a handler alone, or a schema or options before it. */
export function handlerArguments(named: string | TaskContract, given: readonly unknown[]): HandlerArguments {
  const [before, handler] = given.length === 1 ? [undefined, given[0]] : given;
  const options = isSchema(before) ? { schema: before } : ((before ?? {}) as HandlerOptions);
  const served = { ...contractOptions(named), ...options };
  const name = isTaskContract(named) ? named.handler : named;
  return { name, options: served, handler: handler as Handler<unknown> | URL };
}

/** What a contract says to a worker. */
export function contractOptions(named: string | TaskContract): HandlerOptions {
  if (!isTaskContract(named)) return {};
  const { input, result, defaults } = named;
  return {
    ...(input !== undefined && { schema: input }),
    ...(result !== undefined && { result }),
    ...(defaults.claimFirst !== undefined && { claimFirst: defaults.claimFirst }),
  };
}
