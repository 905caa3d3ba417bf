import type { Move, Run } from '@millrace/domain';
import type { ProjectionBatch } from '@millrace/runtime';
import type { InMemoryPartition } from '@millrace/runtime/testing';
import { taskTopics, topics } from '../world/brokers.ts';
import type { Scheduler } from '../world/scheduler.ts';
import { Attempts, keyOf, type Beginning } from './attempts.ts';
import { CheckedWorld } from './checked-world.ts';
import { Deliveries } from './deliveries.ts';
import { OwnersEvidence } from './owners-evidence.ts';
import { SettledDeliveries } from './settled-deliveries.ts';
import { StoredPositions } from './stored-positions.ts';
import { Witness } from './witness.ts';
import { WoundedLogs } from './wounded-logs.ts';

/** Something that must never be. */
export interface Violation {
  readonly rule: string;
  readonly what: string;
}

/** Timers of workers and owners look at executions this often, and clocks are read in between. */
const timeoutSlackMs = 400;

/** What is asserted while the world moves. */
export class Oracles {
  readonly violations: Violation[] = [];
  readonly witness: Witness;
  readonly attempts: Attempts;
  readonly wounded = new WoundedLogs((rule, what) => this.report(rule, what));
  readonly checked = new CheckedWorld(
    (rule, what) => this.report(rule, what),
    (partition) => !this.wounded.isRewritten(partition),
  );
  readonly evidence: OwnersEvidence;
  readonly stored = new StoredPositions((rule, what) => this.report(rule, what));
  readonly settled: SettledDeliveries;
  readonly deliveries: Deliveries;
  readonly #scheduler: Scheduler;
  readonly #dispatched = new Set<string>();

  constructor(scheduler: Scheduler) {
    this.#scheduler = scheduler;
    this.deliveries = new Deliveries(
      (rule, what) => this.report(rule, what),
      () => scheduler.nowMs,
      (partition) => !this.wounded.isRewritten(partition),
    );
    this.attempts = new Attempts((beginning) => this.#begun(beginning));
    this.evidence = new OwnersEvidence(scheduler, (rule, what) => this.report(rule, what));
    this.settled = new SettledDeliveries({
      attempts: this.attempts,
      states: () => this.witness.states(),
      isUnknown: (partition) => this.wounded.isRewritten(partition),
      report: (rule, what) => this.report(rule, what),
    });
    this.witness = new Witness({
      dispatched: (key) => {
        if (this.#dispatched.has(key)) this.report('one-dispatch-per-attempt', `${key} was dispatched twice`);
        this.#dispatched.add(key);
        this.deliveries.dispatched(key);
      },
      burnt: (run, task, move) => this.#burnt(run, task, move),
      folded: (record) => {
        this.checked.record(record);
        this.evidence.folded(record);
        this.settled.folded(record);
      },
    });
  }

  landed(log: InMemoryPartition): void {
    if (log.topic === topics.log) {
      this.wounded.landed(log);
      if (!this.wounded.isRewritten(log.partition)) this.witness.landed(log.partition, log);
    } else if (log.topic === topics.workers) this.evidence.landed(log);
    else if (log.topic.startsWith(taskTopics)) this.checked.published(log);
  }

  /** The last records of another topic are gone. */
  cut(log: InMemoryPartition): void {
    if (log.topic === topics.workers) this.evidence.cut();
    this.checked.cut(log);
    this.settled.cut(log);
  }

  /** The world has been sound since `healedMs`. */
  look(healedMs: number): void {
    for (const [partition, state] of this.witness.states().entries())
      if (!this.wounded.has(partition)) this.evidence.look(partition, state, healedMs);
  }

  gapped(partition: number, from: number, to: number): void {
    this.witness.gaps.note(partition, { from, to }, 'lost');
    this.checked.observe({ kind: 'gap-passed', partition, from, to });
  }

  committing(batch: ProjectionBatch): void {
    this.stored.committing(batch);
  }

  committed(batch: ProjectionBatch): void {
    this.stored.committed(batch);
    this.wounded.committed(batch);
    const positions = batch.positions.filter(({ partition }) => !this.wounded.isRewritten(partition));
    this.checked.committed({ ...batch, positions });
  }

  rolledBack(stands: readonly number[]): void {
    this.checked.rolledBack(stands);
  }

  report(rule: string, what: string): void {
    this.violations.push({ rule, what });
  }

  /** An attempt that claims first starts once at most; unclaimed, none starts twice; and none that was not dispatched. */
  #begun(beginning: Beginning): void {
    if (this.wounded.isRewritten(Number.parseInt(beginning.run.slice(0, 4), 16))) return;
    const key = keyOf(beginning);
    if (!this.#dispatched.has(key)) this.report('no-ghosts', `${key} began and was never dispatched`);
    const claimant = this.#claimant(beginning);
    if (claimant !== undefined) beginning.claimant = claimant;
    this.#show(beginning);
    const all = this.attempts.of(key);
    if (beginning.handler === 'careful') {
      if (all.length > 1) this.report('claim-first-starts-once', `${key} began ${all.length} times`);
      if (claimant === undefined) this.report('claim-first-claims', `${key} began without its claim in the log`);
    }
    if (claimant === undefined) this.deliveries.beganUnclaimed(beginning.process, key);
    if (claimant === undefined && all.filter((each) => each.claimant === undefined).length > 1)
      this.report('unclaimed-starts-once', `${key} began unclaimed twice`);
  }

  /** The incarnation of its process that has a claim in the log by which nothing began yet; the one whose claim holds, if any. */
  #claimant(beginning: Beginning): string | undefined {
    const key = keyOf(beginning);
    const begun = this.attempts.of(key);
    const nonceOf = (id: string): string | undefined => this.witness.claims.get(`${key} ${id}`);
    const isFree = (id: string): boolean => begun.every((each) => each === beginning || each.claimant !== id);
    const claimants = beginning.ids.filter((id) => nonceOf(id) !== undefined && isFree(id));
    const holding = this.witness.holding(beginning);
    return claimants.find((id) => nonceOf(id) === holding) ?? claimants[0];
  }

  #show(beginning: Beginning): void {
    const { run, task, attempt, ids, claimant } = beginning;
    const claim = this.witness.claims.get(`${keyOf(beginning)} ${claimant}`);
    const worker = claimant ?? ids.at(-1)!;
    this.checked.observe({ kind: 'handler-began', run, task, attempt, worker, ...(claim !== undefined && { claim }) });
  }

  /** What counts as failed did fail, or ran for as long as it may. */
  #burnt(run: Run, task: number, move: Move): void {
    const key = keyOf({ run: run.id, task, attempt: move.attempt });
    const all = this.attempts.of(key);
    const { startToCloseMs, heartbeatTimeoutMs = Infinity } = run.task(task);
    const leastMs = Math.min(startToCloseMs, heartbeatTimeoutMs) - timeoutSlackMs;
    const isOwn =
      move.reason === 'failed'
        ? all.some(({ hasFailed }) => hasFailed === true)
        : all.some(({ beganMs }) => this.#scheduler.nowMs - beganMs >= leastMs);
    if (!isOwn)
      this.report(
        'retries-burnt-by-handlers-alone',
        `${key} counts as ${move.reason}, but its handler did not (start-to-close ${startToCloseMs}, heartbeats ${heartbeatTimeoutMs}, began ${all.map(({ beganMs }) => this.#scheduler.nowMs - beganMs).join()} ms ago): ${move.error?.name}`,
      );
  }
}
