import type { ThrownThere } from './thread-protocol.js';

/** The thread that ran an attempt ended before its handler did: `process.exit`, its heap is full, an uncaught error. */
export class ThreadDied extends Error {
  override readonly name = 'ThreadDied';
  constructor(
    readonly handler: string,
    cause: unknown,
  ) {
    const how = cause instanceof Error ? cause.message : String(cause);
    super(`Expected handler ${handler} to end, but its thread died: ${how}.`, { cause });
  }
}

/** What a handler threw in its thread, under its own name. */
export class ThrownInThread extends Error {
  override readonly name: string;
  readonly retryable: boolean;
  readonly retryAfterMs: number | undefined;
  constructor({ name, message, stack, retryable, retryAfterMs }: ThrownThere) {
    super(message);
    this.name = name;
    this.retryable = retryable;
    this.retryAfterMs = retryAfterMs;
    this.stack = stack ?? `${name}: ${message}`;
  }
}
