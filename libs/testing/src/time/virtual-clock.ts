import { ManualClock } from '@millrace/runtime/in-memory';

/** The clock of a test environment. Counts what it is asked for, so that its driver sees whether anything still moves. */
export class VirtualClock extends ManualClock {
  /** Rises whenever somebody sets a timer, and with every `stir`. */
  stirs = 0;

  override after(delayMs: number, callback: () => void): () => void {
    this.stirs += 1;
    return super.after(delayMs, callback);
  }

  stir(): void {
    this.stirs += 1;
  }
}
