import type { Move, Run } from '@millrace/domain';
import type { Scheduler } from '../world/scheduler.ts';
import { Attempts, keyOf, type Beginning } from './attempts.ts';
import { Witness } from './witness.ts';

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
  readonly #scheduler: Scheduler;
  readonly #dispatched = new Set<string>();

  constructor(scheduler: Scheduler) {
    this.#scheduler = scheduler;
    this.attempts = new Attempts((beginning) => this.#begun(beginning));
    this.witness = new Witness({
      dispatched: (key) => {
        if (this.#dispatched.has(key)) this.report('one-dispatch-per-attempt', `${key} was dispatched twice`);
        this.#dispatched.add(key);
      },
      burnt: (run, task, move) => this.#burnt(run, task, move),
    });
  }

  report(rule: string, what: string): void {
    this.violations.push({ rule, what });
  }

  /** An attempt that claims first starts once at most; unclaimed, none starts twice; and none that was not dispatched. */
  #begun(beginning: Beginning): void {
    const key = keyOf(beginning);
    if (!this.#dispatched.has(key)) this.report('no-ghosts', `${key} began and was never dispatched`);
    const all = this.attempts.of(key);
    if (beginning.handler === 'careful') {
      if (all.length > 1) this.report('claim-first-starts-once', `${key} began ${all.length} times`);
      if (!this.#isClaimed(beginning)) this.report('claim-first-claims', `${key} began without its claim in the log`);
    }
    if (!this.#isClaimed(beginning) && all.filter((each) => !this.#isClaimed(each)).length > 1)
      this.report('unclaimed-starts-once', `${key} began unclaimed twice`);
  }

  #isClaimed(beginning: Beginning): boolean {
    return beginning.ids.some((id) => this.witness.claims.has(`${keyOf(beginning)} ${id}`));
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
