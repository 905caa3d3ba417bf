import type { Delivery } from '@millrace/protocol';
import type { AloneEnd, AloneRuns } from '../alone/alone-runs.js';

/** Processes that a test plays: it sees what was given to them and says how each ends. */
export class HandFedAloneRuns implements AloneRuns {
  readonly given: { readonly delivery: Delivery; readonly signal: AbortSignal; end(end: AloneEnd): void }[] = [];
  isStopped = false;

  run(delivery: Delivery, signal: AbortSignal, onEnd: (end: AloneEnd) => void): void {
    this.given.push({ delivery, signal, end: onEnd });
  }

  stop(): void {
    this.isStopped = true;
  }
}
