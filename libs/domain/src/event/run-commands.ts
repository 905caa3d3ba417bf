import type { Band } from '../band.js';
import type { RunId, TaskIndex } from '../ids.js';

/** Somebody wants a run ended, with everything in it that has not ended. */
export interface CancelRequested {
  readonly type: 'CancelRequested';
  readonly run: RunId;
  /** Id of the command: what is sent twice is harmless. */
  readonly command: string;
  readonly reason?: string;
  /** The partition's owner tells the writer what became of it. */
  readonly asksVerdict?: boolean;
}

/** Nothing of the run is dispatched from here on; what is in flight goes on, and deadlines go on counting. */
export interface PauseRequested {
  readonly type: 'PauseRequested';
  readonly run: RunId;
  /** Id of the command: what is sent twice is harmless. */
  readonly command: string;
  readonly reason?: string;
  /** The partition's owner tells the writer what became of it. */
  readonly asksVerdict?: boolean;
}

/** A paused run goes on: what was queued waits in its old order. */
export interface ResumeRequested {
  readonly type: 'ResumeRequested';
  readonly run: RunId;
  /** Id of the command: what is sent twice is harmless. */
  readonly command: string;
  readonly reason?: string;
  /** The partition's owner tells the writer what became of it. */
  readonly asksVerdict?: boolean;
}

/** Somebody wants a run, or one task run of it, to go sooner or later than it was requested. */
export interface PriorityRequested {
  readonly type: 'PriorityRequested';
  readonly run: RunId;
  /** Absent: every task run that is not in flight, now and later. */
  readonly task?: TaskIndex;
  readonly band: Band;
  /** Id of the command: what is sent twice is harmless. */
  readonly command: string;
  /** The partition's owner tells the writer what became of it. */
  readonly asksVerdict?: boolean;
}

/** What can be asked of a run that is there. */
export type RunCommand = CancelRequested | PauseRequested | ResumeRequested | PriorityRequested;
