/** What became of claims: how many were asked for, and how they were answered. */
export type ClaimStage = 'asked' | 'granted' | 'refused' | 'unanswered';

/** What a worker has done since it was made, over all its incarnations: numbers that only grow, for metrics of your own. */
export interface WorkerCounts {
  /** Attempts whose handler was called. */
  readonly started: number;
  /** Those that ended here, by outcome. */
  readonly ended: { of(outcome: 'succeeded' | 'failed' | 'timed_out'): number };
  /** Those that were handed back, by reason such as `no-slot` or `draining`; no retry is burnt by it. */
  readonly returned: { of(reason: string): number };
  readonly claims: { of(stage: ClaimStage): number };
  /** Times that a partition declared an incarnation lost. */
  readonly lost: number;
}
