import type { Handler, HandlerOptions } from './handler.js';
import { isSchema } from './standard-schema.js';

/** What `handle` is given beside a name: a handler alone, or a schema or options before it. */
export function handlerArguments(given: readonly unknown[]): {
  options: HandlerOptions;
  handler: Handler<unknown> | URL;
} {
  const [before, handler] = given.length === 1 ? [undefined, given[0]] : given;
  const options = isSchema(before) ? { schema: before } : ((before ?? {}) as HandlerOptions);
  return { options, handler: handler as Handler<unknown> | URL };
}
