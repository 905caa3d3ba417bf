import { Durations } from './durations.js';

/** What a projector counts, over all its partitions. */
export class ProjectionTally {
  recordsFolded = 0;
  rows = 0;
  /** Tries that the store did not answer. */
  unanswered = 0;
  /** Positions that another projector had moved. */
  positionsTaken = 0;
  /** Those that were committed. */
  readonly transactions = new Durations();
}
