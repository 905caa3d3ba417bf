import type { Instant, WorkerId } from '@millrace/domain';
import type { Clock } from '@millrace/runtime';
import { checkedCheckpoint } from './checked-result.js';
import type { HeldAttempt } from './held-attempt.js';
import type { Reports } from './reports.js';

export interface HandlerBeatsOptions {
  readonly id: WorkerId;
  readonly reports: Pick<Reports, 'note'>;
  readonly clock: Clock;
}

/** An attempt's checkpoints are logged at most this often; of those in between the last one counts. */
export const checkpointMsMin = 1_000;

/** What handlers say of themselves while they run. */
export class HandlerBeats {
  readonly #options: HandlerBeatsOptions;

  constructor(options: HandlerBeatsOptions) {
    this.#options = options;
  }

  /** The handler lives. Throws `CheckpointRefused` for details that cannot travel. Ignored once the attempt has ended. */
  beat(attempt: HeldAttempt, details: unknown): void {
    if (attempt.state !== 'running') return;
    const now = this.#options.clock.now();
    attempt.heard(now);
    const checkpoint = checkedCheckpoint(details);
    if (checkpoint === undefined) return;
    attempt.unsaved = checkpoint;
    this.saveWhereDue(attempt, now);
  }

  saveWhereDue(attempt: HeldAttempt, now: Instant): void {
    if (now - attempt.savedAt >= checkpointMsMin) this.save(attempt);
  }

  /** Puts the checkpoint that is not in the log yet there, before whatever is reported next. */
  save(attempt: HeldAttempt): void {
    const checkpoint = attempt.unsaved;
    if (checkpoint === undefined) return;
    const { id: worker, reports, clock } = this.#options;
    const { run, task, attempt: number } = attempt.delivery;
    const nonce = attempt.nonce === undefined ? {} : { nonce: attempt.nonce };
    attempt.unsaved = undefined;
    attempt.savedAt = clock.now();
    reports.note(attempt, { type: 'CheckpointSaved', run, task, attempt: number, worker, ...nonce, checkpoint });
  }
}
