import { FactSink, type RecordFolded } from '@millrace/checker';
import type { FoldSink, Frame, Item, Move, PartitionState, Run } from '@millrace/domain';
import { PartitionFold } from '@millrace/runtime';
import { KnownGaps, type InMemoryPartition } from '@millrace/runtime/testing';
import { newerRules } from '../services/deploy.ts';
import { logPartitions } from '../world/brokers.ts';
import { keyOf } from './attempts.ts';

/** Hears what the log comes to mean, right after each record has landed. */
export interface WitnessListener {
  dispatched(key: string): void;
  /** An execution counts as failed. */
  burnt(run: Run, task: number, move: Move): void;
  folded(record: RecordFolded): void;
}

/** What a fold says once of each entry. */
const entryFacts: ReadonlySet<string> = new Set(['accepted', 'rejection', 'quarantine']);

/** Folds the log as it grows, so that what must never happen is seen when it does. */
export class Witness {
  readonly #listener: WitnessListener;
  /** Offsets that are lost: it knows at once what others find out when somebody accepts it. */
  readonly gaps = new KnownGaps();
  readonly #folds = Array.from(
    { length: logPartitions },
    (_, partition) => new PartitionFold(partition, undefined, this.gaps, newerRules),
  );
  readonly #sink: FoldSink;
  readonly #facts = new FactSink();
  /** Runs that were born, and how they ended. */
  readonly born = new Map<string, string | undefined>();
  /** Requests that took no effect, by run. */
  readonly refused = new Map<string, string>();
  /** Nonces of claims in the log, by `key worker`. */
  readonly claims = new Map<string, string>();
  tasks = 0;
  events = 0;

  constructor(listener: WitnessListener) {
    this.#listener = listener;
    const facts = this.#facts;
    this.#sink = {
      ...facts,
      runBorn: (run, at) => {
        facts.runBorn(run, at);
        this.born.set(run.id, undefined);
        this.tasks += run.dag.tasks.length;
      },
      runEnded: (run, at, reason) => {
        facts.runEnded(run, at, reason);
        this.born.set(run.id, run.status);
      },
      taskMoved: (run, task, from, to, move) => {
        facts.taskMoved(run, task, from, to, move);
        if (to === 'dispatched') listener.dispatched(keyOf({ run: run.id, task, attempt: move.attempt }));
        else if (move.error !== undefined && (move.reason === 'failed' || move.reason === 'timed_out'))
          this.#listener.burnt(run, task, move);
      },
      rejected: (item, entry, reason) => {
        facts.rejected(item, entry, reason);
        if (item.type === 'RunRequested' && !this.refused.has(item.run)) this.refused.set(item.run, reason);
      },
    };
  }

  states(): readonly PartitionState[] {
    return this.#folds.map(({ state }) => state);
  }

  /** Runs that have not ended, with the states of their tasks. */
  get open(): string[] {
    return this.states().flatMap(({ runs, ready }) =>
      Array.from(runs.values(), (run) => {
        const tasks = run.dag.tasks.map((_, task) => run.statusOf(task)).join();
        return `${run.id} ${ready.paused.since(run) === undefined ? '' : 'paused '}${tasks}`;
      }),
    );
  }

  /** The nonce of the claim that holds an attempt in flight. */
  holding({ run, task, attempt }: { run: string; task: number; attempt: number }): string | undefined {
    for (const { runs } of this.states()) {
      const current = runs.get(run)?.inFlight.get(task);
      if (current?.number === attempt) return current.claim;
    }
    return undefined;
  }

  /** Is there nothing left to do in the log? */
  get isQuiet(): boolean {
    return this.#folds.every(({ state }) => state.runs.size === 0);
  }

  landed(partition: number, log: InMemoryPartition): void {
    const fold = this.#folds[partition]!;
    for (const record of log.from(fold.position)) {
      let frame: Frame | undefined;
      const heard = (decoded: Frame): void => void (frame = decoded);
      if (fold.take(record, this.#sink, heard) === 'fetch-again') fold.take(record, this.#sink, heard);
      for (const item of (frame as Frame | undefined)?.items ?? []) this.#claimed(item);
      const facts = this.#facts.take();
      this.events += facts.filter(({ fact }) => entryFacts.has(fact)).length;
      const { offset, at, value, crc } = record;
      this.#listener.folded({ partition, offset, at, value, crc, facts, ...(frame !== undefined && { frame }) });
    }
  }

  #claimed(item: Item): void {
    if (item.type !== 'TaskStarted' || item.nonce === undefined) return;
    this.claims.set(`${keyOf(item)} ${item.worker}`, item.nonce);
  }
}
