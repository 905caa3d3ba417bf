import type { MessagePort } from 'node:worker_threads';
import type { Json } from '@millrace/domain';
import type { TaskContext } from '../handler.js';

/** What a handler in a thread is told of its attempt at once; the rest goes by `port`. */
export type GivenContext = Pick<
  TaskContext,
  | 'run'
  | 'task'
  | 'id'
  | 'attempt'
  | 'workflow'
  | 'idempotencyKey'
  | 'checkpoint'
  | 'traceparent'
  | 'startToCloseMs'
  | 'parentResults'
> & { readonly fencingToken: number | undefined };

export interface ThreadCall {
  /** URL of the module. */
  readonly module: string;
  /** Of the handler. */
  readonly name: string;
  readonly input: unknown;
  readonly context: GivenContext;
  readonly port: MessagePort;
}

/** What is said to a handler while it runs: why its signal aborts. */
export interface ToThread {
  readonly abort: string;
}

/** What it says: that it lives, or a line for the worker's journal. */
export type FromThread =
  | { readonly beat: { readonly details?: Json } }
  | { readonly level: 'info' | 'warn' | 'error'; readonly fields: object; readonly message: string };

/** How it ended. An error loses its class on the way; what the worker looks at stays. */
export type ThreadEnd = { readonly result: Json | undefined } | { readonly thrown: ThrownThere };

export interface ThrownThere {
  readonly name: string;
  readonly message: string;
  readonly stack?: string;
  readonly retryable: boolean;
  readonly retryAfterMs?: number;
}
