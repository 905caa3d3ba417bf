import type { Outcome } from '@millrace/domain';
import type { Delivery } from '@millrace/protocol';

/** What a process that runs attempts alone is told. */
export type ToChild = { readonly run: Delivery } | { readonly abort: string };
/** What it tells: that its modules are loaded, or how the attempt ended. */
export type FromChild = { readonly ready: true } | { readonly ended: Outcome | 'not-served' };
