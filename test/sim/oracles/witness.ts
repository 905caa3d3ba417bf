import {
  silent,
  type FoldSink,
  type Frame,
  type Item,
  type Move,
  type PartitionState,
  type Run,
} from '@millrace/domain';
import { PartitionFold } from '@millrace/runtime';
import type { InMemoryPartition } from '@millrace/runtime/testing';
import { logPartitions } from '../world/brokers.ts';
import { keyOf } from './attempts.ts';

/** Hears what the log comes to mean, right after each record has landed. */
export interface WitnessListener {
  dispatched(key: string): void;
  /** An execution counts as failed. */
  burnt(run: Run, task: number, move: Move): void;
}

/** Folds the log as it grows, so that what must never happen is seen when it does. */
export class Witness {
  readonly #listener: WitnessListener;
  readonly #folds = Array.from({ length: logPartitions }, (_, partition) => new PartitionFold(partition));
  readonly #sink: FoldSink;
  /** Runs that were born, and how they ended. */
  readonly born = new Map<string, string | undefined>();
  /** Requests that took no effect, by run. */
  readonly refused = new Map<string, string>();
  /** Claims in the log, as `key worker`. */
  readonly claims = new Set<string>();
  tasks = 0;
  events = 0;

  constructor(listener: WitnessListener) {
    this.#listener = listener;
    this.#sink = {
      ...silent,
      runBorn: (run) => {
        this.born.set(run.id, undefined);
        this.tasks += run.dag.tasks.length;
      },
      runEnded: (run) => void this.born.set(run.id, run.status),
      taskMoved: (run, task, _from, to, move) => {
        if (to === 'dispatched') listener.dispatched(keyOf({ run: run.id, task, attempt: move.attempt }));
        else if (move.error !== undefined && (move.reason === 'failed' || move.reason === 'timed_out'))
          this.#listener.burnt(run, task, move);
      },
      accepted: () => void (this.events += 1),
      quarantined: () => void (this.events += 1),
      rejected: (item, _entry, reason) => {
        this.events += 1;
        if (item.type === 'RunRequested' && !this.refused.has(item.run)) this.refused.set(item.run, reason);
      },
    };
  }

  states(): readonly PartitionState[] {
    return this.#folds.map(({ state }) => state);
  }

  /** Is there nothing left to do in the log? */
  get isQuiet(): boolean {
    return this.#folds.every(({ state }) => state.runs.size === 0);
  }

  landed(partition: number, log: InMemoryPartition): void {
    const fold = this.#folds[partition]!;
    for (const record of log.from(fold.position)) {
      const heard = (frame: Frame): void => frame.items.forEach((item) => this.#claimed(item));
      if (fold.take(record, this.#sink, heard) === 'fetch-again') fold.take(record, this.#sink, heard);
    }
  }

  #claimed(item: Item): void {
    if (item.type !== 'TaskStarted' || item.nonce === undefined) return;
    this.claims.add(`${keyOf(item)} ${item.worker}`);
  }
}
