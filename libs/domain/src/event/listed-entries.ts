import type { RunId, TaskIndex, WorkerId } from '../ids.js';

/** An attempt that a worker lists as running or silent for longer than it may. */
export interface OverrunEntry {
  readonly run: RunId;
  readonly task: TaskIndex;
  readonly attempt: number;
  /** Whose heartbeat listed it. */
  readonly worker: WorkerId;
  /** Nonce of the claim that the owner saw, absent for none; rejected if that changed. */
  readonly claim?: string;
  /** How long its handler had run by that heartbeat; rejected below its start-to-close, where `silentMs` is absent. */
  readonly runningMs: number;
  /** How long its handler had said nothing by that heartbeat; rejected below its heartbeat timeout. */
  readonly silentMs?: number;
  /** The draw for the jitter, an integer from 0 to 1,000,000. */
  readonly chance: number;
}

/** An attempt that a worker lists as running. */
export interface StartEntry {
  readonly run: RunId;
  readonly task: TaskIndex;
  readonly attempt: number;
  /** Whose heartbeat listed it. */
  readonly worker: WorkerId;
  /** How long its handler had run by that heartbeat. */
  readonly runningMs: number;
}
