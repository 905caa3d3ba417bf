import type { Frame, Instant, PartitionBorn, RunId, WorkerId, WorkerSeen } from '@millrace/domain';
import type { EntrySeen, Consequence } from '../rule.js';
import { Recent } from '../recent.js';
import type { RunHistory } from './run-history.js';
import { PinnedFlows } from './pinned-flows.js';
import { takeEntry } from './take-entry.js';
import { takeTransition } from './take-transition.js';

/** What is remembered of a run that has ended. */
export type EndedRun = Pick<RunHistory, 'attempts' | 'flow'>;

/** What is known of a worker. */
export interface WorkerHistory {
  /** What the owner said last, and before that. */
  readonly seen: readonly WorkerSeen[];
  /** Since when it is lost. */
  readonly lostAt: Instant | undefined;
}

/** How far the clock of a writer may move partition time beyond the append time: design 2.3. */
const writerLeapMs = 60_000;

/**
 * What happened in one partition, taken from events and verdicts alone. Grows with the runs that have not ended, like the
 * fold's state, and else by bounds that are named where they stand.
 */
export class PartitionHistory {
  /** Next offset. */
  position = 0;
  /** Partition time. */
  time: Instant = 0;
  birth: PartitionBorn | undefined;
  epoch = 0;
  /** Rules in force. */
  rules = 1;
  readonly runs = new Map<RunId, RunHistory>();
  readonly ended: Recent<RunId, EndedRun>;
  readonly flows = new PinnedFlows();
  readonly workers = new Map<WorkerId, WorkerHistory>();
  accepted = 0;
  rejected = 0;
  quarantined = 0;

  constructor(
    readonly partition: number,
    endedRunsMax: number,
  ) {
    this.ended = new Recent(endedRunsMax);
  }

  /** Of the record that is being looked at, or of the last one; -1 before the first. */
  get offset(): number {
    return this.position - 1;
  }

  /** The run, whether it lives or is remembered. */
  find(run: RunId): EndedRun | undefined {
    return this.runs.get(run) ?? this.ended.get(run);
  }

  takeRecord(offset: number, at: Instant, { seq, now }: Frame): void {
    this.position = offset + 1;
    if (seq > 0) this.time = Math.max(this.time, Math.min(at, now + writerLeapMs));
  }

  takeEntry(seen: EntrySeen): void {
    this[seen.verdict.kind] += 1;
    if (seen.verdict.kind === 'accepted') takeEntry(this, seen);
  }

  takeConsequence(fact: Consequence, seen: EntrySeen): void {
    if (fact.fact === 'transition') takeTransition(this, fact, seen);
    if (fact.fact === 'pinned') this.flows.complete(fact.version);
    const run = 'run' in fact ? this.runs.get(fact.run) : undefined;
    if (fact.fact === 'paused' && run !== undefined) run.isPaused = fact.since !== undefined;
    if (fact.fact !== 'ended' || run === undefined) return;
    this.runs.delete(fact.run);
    this.ended.set(run.id, { attempts: run.attempts, flow: run.flow });
  }
}
