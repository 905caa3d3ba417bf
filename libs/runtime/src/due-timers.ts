import type { Instant, PartitionState, TimersFired } from '@millrace/domain';

/** Between two proposals for the same timer, in milliseconds: at most and at least. */
const againMsMax = 1_000;
const againMsMin = 100;

/**
 * When the owner proposes that timers fire: as soon as its own clock or partition time says that one is due. Only partition
 * time decides. A proposal that came too early has moved partition time to its append time, so what is left is known, and it
 * is repeated then, at latest after a second: a clock that is an hour ahead costs one frame a second, and nothing is late.
 */
export class DueTimers {
  #proposedFor: Instant | undefined;
  #proposedAt = 0;

  /** @param uptimeMs by the process's own clock, which nobody sets. */
  propose(state: PartitionState, now: Instant, uptimeMs: number): TimersFired | undefined {
    const next = state.timers.nextAt();
    const until = Math.max(now, state.time);
    if (next === undefined || next > until) return undefined;
    const againMs = Math.min(againMsMax, Math.max(againMsMin, next - state.time));
    if (next === this.#proposedFor && uptimeMs - this.#proposedAt < againMs) return undefined;
    this.#proposedFor = next;
    this.#proposedAt = uptimeMs;
    return { type: 'TimersFired', epoch: state.epoch, until };
  }
}
