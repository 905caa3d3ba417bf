import type { Rounds } from '@millrace/runtime';
import { Worker } from './worker.js';
import type { WorkerParts } from './worker-parts.js';
import type { WorkerTally } from './worker-tally.js';

/** What a worker is put together of, for the host of handlers and for tests in memory; it may change with any version. */
export type { Connect, Connections } from './connections.js';
export { BoardHeart } from './heart/heart.js';
export { BoardView } from './heart/board-view.js';
export type { WorkerParts } from './worker-parts.js';
export type { WorkerTally } from './worker-tally.js';

/** A worker of these parts. */
export function workerOf(parts: WorkerParts): Worker {
  return new Worker(parts);
}

/** Everything that it counts. */
export function tallyOf({ counts }: Worker): WorkerTally {
  return counts as WorkerTally;
}

/** Of its loops that talk to Kafka. */
export function roundsOf({ rounds }: Worker): readonly Rounds[] {
  return rounds as readonly Rounds[];
}
