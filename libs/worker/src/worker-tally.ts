import type { Outcome, ReturnReason } from '@millrace/domain';
import { AppendTally, Durations, TallyBy } from '@millrace/runtime';
import type { ClaimStage, WorkerCounts } from './worker-counts.js';

const claimStages = ['asked', 'granted', 'refused', 'unanswered'] as const;

/** From a millisecond to an hour: what handlers take. */
const handlerSeconds = [
  0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3_600,
];

/** What a worker counts: plain numbers, so that counting one more allocates nothing. */
export class WorkerTally implements WorkerCounts {
  /** Attempts whose handler was called. */
  started = 0;
  /** Those that ended here, by outcome. */
  readonly ended = new TallyBy<Outcome['kind']>(['succeeded', 'failed', 'timed_out']);
  /** Those that were handed back, by reason; no retry is burnt by it. */
  readonly returned = new TallyBy<ReturnReason>();
  readonly claims = new TallyBy<ClaimStage>(claimStages);
  /** Times that a partition declared an incarnation lost. */
  lost = 0;
  /** From the start of an attempt to its end. */
  readonly took = new Durations(handlerSeconds);
  readonly appends = new AppendTally();
}
