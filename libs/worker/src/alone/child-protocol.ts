import type { Json, Outcome } from '@millrace/domain';
import type { Delivery } from '@millrace/protocol';

/** What a process that runs attempts alone is told. */
export type ToChild = { readonly run: Delivery } | { readonly abort: string };
/** What it tells: that its modules are loaded, that the handler called `heartbeat`, or how the attempt ended. */
export type FromChild =
  | { readonly ready: true }
  | { readonly beat: { readonly checkpoint?: Json } }
  | { readonly ended: Outcome | 'not-served' };
