import type { Json, Outcome } from '@millrace/domain';
import type { Delivery } from '@millrace/protocol';

/**
 * How an execution alone ended: with a report; `not-served`: the modules have no such handler; `not-run`: no process could
 * be had.
 */
export type AloneEnd = Outcome | 'not-served' | 'not-run';

/** Runs attempts under suspicion, each alone in a process that is not the worker's. */
export interface AloneRuns {
  /** Calls `onBeat` with what the handler gives to `heartbeat`, and `onEnd` once, at once or later. After `signal` aborts, the process has a second to end by itself. */
  run(delivery: Delivery, signal: AbortSignal, onEnd: (end: AloneEnd) => void, onBeat: (details: Json | undefined) => void): void; // prettier-ignore
  /** Ends every process. Tolerates being called twice. */
  stop(): void;
}
