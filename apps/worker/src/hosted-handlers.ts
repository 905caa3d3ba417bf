import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { loadHandlers, type Handler, type HandlerOptions } from '@millrace/worker';

/** A handler as the host serves it: a function, or the module that a thread runs. */
export interface HostedHandler {
  readonly options: HandlerOptions;
  readonly handler: Handler<unknown> | URL;
}

/**
 * The handlers of these modules by name. With `inThreads` each is the URL of its module, which every thread loads for itself; this process has
 * loaded it too, to know its names and schemas. Throws `HandlersInvalid`.
 */
export async function hostedHandlers(
  files: readonly string[],
  inThreads: boolean,
): Promise<Map<string, HostedHandler>> {
  const hosted = new Map<string, HostedHandler>();
  for (const [name, entry] of await loadHandlers(files)) {
    const { handler, ...options } = typeof entry === 'function' ? { handler: entry } : entry;
    hosted.set(name, { options, handler });
  }
  if (!inThreads) return hosted;
  for (const file of files) {
    const module = pathToFileURL(resolve(file));
    for (const name of (await loadHandlers([file])).keys()) hosted.set(name, { ...hosted.get(name)!, handler: module });
  }
  return hosted;
}
