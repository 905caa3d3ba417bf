import type { Instant, WorkerId } from '@millrace/domain';
import type { HeldAttempt } from './held-attempt.js';
import type { Reports } from './reports.js';
import { systemNonce } from './system-nonce.js';

/** A claim that is in the log is repeated this often until it is answered. */
const repeatMs = 2_000;
/**
 * Said so often, 20 s with an answer due after each, a claim is given up, so that its slot serves partitions whose owner
 * lives. Taking a partition over takes 8 s; shorter than that, every take-over would send its claims round again. While the
 * log takes nothing nothing is said, and that time does not count.
 */
const claimsMax = 10;

/**
 * Claims attempts in the log: `TaskStarted` with a nonce of 128 random bits. The partition's owner answers over control
 * whose nonce holds. The same nonce said twice is one claim.
 */
export class Claims {
  constructor(
    private readonly id: WorkerId,
    private readonly reports: Reports,
    private readonly nonce: () => string = systemNonce,
  ) {}

  ask(attempt: HeldAttempt, now: Instant): void {
    attempt.nonce = this.nonce();
    attempt.startedAt = now;
    attempt.startLogged = true;
    attempt.become('claiming');
    this.#say(attempt, now);
  }

  /** Gives `unanswered` where it was repeated in vain. */
  repeatWhereDue(attempt: HeldAttempt, now: Instant): 'unanswered' | undefined {
    if (attempt.isSaying || now - attempt.claimedAt < repeatMs) return undefined;
    if (attempt.claims >= claimsMax) return 'unanswered';
    this.#say(attempt, now);
    return undefined;
  }

  #say(attempt: HeldAttempt, now: Instant): void {
    attempt.claimedAt = now;
    attempt.claims += 1;
    const { run, task, attempt: number } = attempt.delivery;
    const { nonce, startedAt } = attempt;
    const base = { type: 'TaskStarted', run, task, attempt: number, worker: this.id } as const;
    this.reports.note(attempt, { ...base, nonce: nonce!, startedAt });
  }
}
