import type { ParentEnd } from '../dag/join-rule.js';
import type { TaskIndex } from '../ids.js';

/** Task runs that one event touches at most, and edges that it walks; the owner's sweeps do the rest. */
export const touchedMax = 10_000;

/** A task run that ended, with the edges from `edge` on to children that have not been told of it. */
export interface Untold {
  readonly task: TaskIndex;
  readonly end: ParentEnd;
  readonly edge: number;
  /** Children whose conditions held. */
  readonly taken?: readonly TaskIndex[];
}

/** - `birth`: task runs come to be · `release`: those whose join is met at once are queued · `close`: all that are open end */
export type SweepStage = 'birth' | 'release' | 'close';

/** What events on a large run have marked and sweeps have not done yet. */
export interface RunSweep {
  /** Steps of all sweeps so far: where the next one has to begin. */
  done: number;
  stage?: SweepStage;
  /** Next task run of that stage. */
  next: TaskIndex;
  /** How the run ends; its status says so already. */
  close?: { readonly to: 'cancelled' | 'timed_out'; readonly reason: string };
  readonly untold: Untold[];
  /** Task runs that have another band and have not been told of: from `next` on, below `to`. */
  banded?: { next: TaskIndex; readonly to: TaskIndex };
}
