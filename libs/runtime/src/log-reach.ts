import type { Clock, Journal } from './ports.js';
import { pause } from './waits.js';

const retryMs = 250;

/** Does the log answer? Says so once when it ceases to. */
export class LogReach {
  isReaching = false;
  /** When it last answered, or nothing was to be asked, by `uptimeMs`; 0 before. */
  at = 0;

  constructor(
    private readonly clock: Clock,
    private readonly journal: Journal,
  ) {}

  answered(): void {
    this.isReaching = true;
    this.at = this.clock.uptimeMs();
  }

  /** There is nothing to read: whether it would answer nobody knows. */
  idle(): void {
    this.at = this.clock.uptimeMs();
  }

  /** Resolves when trying again makes sense. */
  async failed(error: unknown): Promise<void> {
    if (this.isReaching) this.journal.warn({ error }, 'The log does not answer; trying again.');
    this.isReaching = false;
    await pause(this.clock, retryMs);
  }
}
