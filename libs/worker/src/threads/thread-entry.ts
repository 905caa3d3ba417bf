import { checkedResult } from '../checked-result.js';
import type { Handler } from '../handler.js';
import { describeThrown, isRetryable, retryAfterOf } from '../task-error.js';
import { ThreadContext } from './thread-context.js';
import type { ThreadCall, ThreadEnd } from './thread-protocol.js';

/** What a thread of the pool runs: the handler of a module, for one attempt. Never throws. */
export default async function callInThread({ module, name, input, context, port }: ThreadCall): Promise<ThreadEnd> {
  try {
    const handler = handlerOf(name, module, (await import(module)) as Exported);
    return { result: checkedResult(await handler(input, new ThreadContext(context, name, port))) };
  } catch (thrown) {
    const retryAfterMs = retryAfterOf(thrown);
    const asked = retryAfterMs === undefined ? {} : { retryAfterMs };
    return { thrown: { ...describeThrown(thrown), retryable: isRetryable(thrown), ...asked } };
  } finally {
    port.close();
  }
}

interface Exported {
  readonly default?: unknown;
  readonly handlers?: unknown;
}

/** The module's default export where it is a function, else the entry of its table. */
function handlerOf(name: string, module: string, { default: only, handlers }: Exported): Handler<unknown> {
  if (typeof only === 'function') return only as Handler<unknown>;
  const table = (handlers ?? only ?? {}) as Readonly<Record<string, unknown>>;
  const entry = Object.hasOwn(table, name) ? table[name] : undefined;
  const handler = typeof entry === 'object' ? (entry as { handler?: unknown } | null)?.handler : entry;
  if (typeof handler === 'function') return handler as Handler<unknown>;
  throw new Error(
    `Expected ${module} to export handler ${name}, as default or by its name in a table, but it does not.`,
  );
}
