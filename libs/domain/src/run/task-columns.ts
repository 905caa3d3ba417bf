import type { Dag } from '../dag/dag.js';

/**
 * What a run of several task runs counts for each of them, as columns indexed by node: one object per node cost 15 times
 * the memory in a run of 10,000 nodes. A node costs 21 bytes.
 */
export class TaskColumns {
  /** By index in `taskStatuses`. */
  readonly statuses: Uint8Array;
  /** Number of the last accepted attempt; 0 before the first. */
  readonly attemptNumbers: Uint32Array;
  /** Failed executions so far. */
  readonly failures: Uint32Array;
  /** Parents that have not ended. */
  readonly waitsFor: Int32Array;
  /** Parents that succeeded. */
  readonly parentsSucceeded: Int32Array;
  /** Parents that failed, timed out, were dead-lettered, or skipped because of a failure above them. */
  readonly parentsFailed: Int32Array;

  constructor({ tasks: { length: count }, parentFrom }: Dag) {
    this.statuses = new Uint8Array(count);
    this.attemptNumbers = new Uint32Array(count);
    this.failures = new Uint32Array(count);
    this.waitsFor = new Int32Array(count);
    this.parentsSucceeded = new Int32Array(count);
    this.parentsFailed = new Int32Array(count);
    for (let index = 0; index < count; index++) this.waitsFor[index] = parentFrom[index + 1]! - parentFrom[index]!;
  }
}

/** A column of numbers; statuses travel by name. */
export type CountColumn = Exclude<keyof TaskColumns, 'statuses'>;
