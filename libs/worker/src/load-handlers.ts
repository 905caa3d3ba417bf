import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Handler, HandlerOptions } from './handler.js';

/** What a module gives for one name: a function, or a function with options. */
export type HandlerEntry = Handler<unknown> | (HandlerOptions & { readonly handler: Handler<unknown> });

/** A module that the host was told to serve and cannot. */
export class HandlersInvalid extends Error {
  override readonly name = 'HandlersInvalid';
  constructor(
    readonly file: string,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    // The sentence is for whoever wrote the path; where it was thrown helps nobody.
    this.stack = message;
  }
}

/** Loads modules in order. Throws `HandlersInvalid` for the first that is missing, broken, empty or names a name again. */
export async function loadHandlers(files: readonly string[]): Promise<Map<string, HandlerEntry>> {
  const handlers = new Map<string, HandlerEntry>();
  for (const file of files) {
    for (const [name, entry] of await load(file)) {
      if (handlers.has(name))
        throw new HandlersInvalid(file, `Expected one handler per name, but ${file} has ${name} again.`);
      handlers.set(name, entry);
    }
  }
  return handlers;
}

async function load(file: string): Promise<[string, HandlerEntry][]> {
  const found = (await imported(file)) as { handlers?: unknown; default?: unknown };
  const table = found.handlers ?? found.default;
  const entries = typeof table === 'object' && table !== null ? Object.entries(table) : [];
  if (entries.length === 0) {
    throw new HandlersInvalid(
      file,
      `Expected ${file} to export handlers by name, as default or as handlers, but found none.`,
    );
  }
  const bad = entries.find(([, entry]) => !isEntry(entry));
  if (bad === undefined) return entries as [string, HandlerEntry][];
  throw new HandlersInvalid(
    file,
    `Expected ${bad[0]} of ${file} to be a function or { handler, ... }, but it is neither.`,
  );
}

async function imported(file: string): Promise<object> {
  const path = resolve(file);
  const wanted = `Expected a module with handlers at ${path}`;
  if (!existsSync(path)) {
    throw new HandlersInvalid(file, `${wanted}, but there is no such file. See MILLRACE_WORKER_HANDLERS.`);
  }
  try {
    return (await import(pathToFileURL(path).href)) as object;
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new HandlersInvalid(file, `${wanted}, but loading it failed: ${message}`, { cause });
  }
}

function isEntry(value: unknown): value is HandlerEntry {
  if (typeof value === 'function') return true;
  return typeof (value as { handler?: unknown } | null)?.handler === 'function';
}
