import type { Instant, Json, Outcome, ReturnReason, WorkerId } from '@millrace/domain';
import type { Clock, Journal } from '@millrace/runtime';
import type { AloneEnd, AloneRuns } from './alone/alone-runs.js';
import { Branches } from './branches.js';
import { checkedResult } from './checked-result.js';
import type { DeliveryBoard } from './heart/delivery-board.js';
import { AttemptRevoked, HeartbeatTimeout, ParentResultsUnread, StartToCloseExceeded } from './errors.js';
import { HandlerBeats } from './handler-beats.js';
import type { ServedHandler } from './handler.js';
import type { HeldAttempt } from './held-attempt.js';
import { ParentResults, type ResultSource } from './parent-results.js';
import type { Reports } from './reports.js';
import type { RunTimes } from './run-times.js';
import { acceptedInput, acceptedResult } from './schema-checks.js';
import { describeThrown, isRetryable, retryAfterOf } from './task-error.js';
import { AttemptContext } from './task-context.js';

export interface HandlerCallsOptions {
  readonly id: WorkerId;
  readonly board: Pick<DeliveryBoard, 'enter'>;
  readonly reports: Pick<Reports, 'end' | 'note'>;
  /** Default: checkpoints go to `reports`. */
  readonly beats?: HandlerBeats;
  /** Absent: what is under suspicion runs in this process. */
  readonly alone?: AloneRuns | undefined;
  /** Reads what deliveries only refer to. Absent: an attempt that needs it is handed back. */
  readonly results?: ResultSource | undefined;
  readonly runTimes: RunTimes;
  readonly clock: Clock;
  readonly journal: Journal;
  /** Draws the chance of a failure: an integer from 0 to 1,000,000. */
  readonly draw: () => number;
  /** An execution that had a slot does not need it any more. */
  readonly onFreed: () => void;
}

/**
 * Runs handlers and turns whatever they do into one report. What a handler does after its attempt ended otherwise is
 * ignored, and its slot is free: a handler that ignores its signal costs memory, not the worker.
 */
export class HandlerCalls {
  readonly #options: HandlerCallsOptions;
  readonly #branches = new Branches();
  readonly #beats: HandlerBeats;

  constructor(options: HandlerCallsOptions) {
    this.#options = options;
    this.#beats = options.beats ?? new HandlerBeats(options);
  }

  begin(attempt: HeldAttempt): void {
    attempt.startedAt = this.#options.clock.now();
    attempt.heartbeatAt = attempt.startedAt;
    attempt.become('running');
    const parents = new ParentResults(attempt.delivery, this.#options.results);
    if (!parents.areToGather) return this.#beginWith(attempt, parents);
    attempt.isGathering = true;
    const gathered = parents.gather(attempt.signal).finally(() => (attempt.isGathering = false));
    gathered.then(
      () => attempt.state === 'running' && this.#beginWith(attempt, parents),
      (thrown: unknown) => this.#fail(attempt, thrown),
    );
  }

  /** A process of its own reads nothing of the log: what is too large to be given at once runs here. */
  #beginWith(attempt: HeldAttempt, parents: ParentResults): void {
    const { alone } = this.#options;
    const given = alone === undefined || attempt.delivery.alone !== true ? undefined : parents.deliverable;
    if (given === undefined) return this.#beginHere(attempt, parents);
    alone!.run(given, attempt.signal, (end) => this.#endedAlone(attempt, parents, end), (details) => this.#beats.beat(attempt, details)); // prettier-ignore
  }

  #beginHere(attempt: HeldAttempt, parents: ParentResults): void {
    try {
      const returned = this.#enter(attempt, parents);
      if (!isThenable(returned)) return this.#succeed(attempt, returned);
      const promise = returned instanceof Promise ? (returned as Promise<unknown>) : Promise.resolve(returned);
      promise.then(
        (value) => this.#succeed(attempt, value),
        (thrown: unknown) => this.#fail(attempt, thrown),
      );
    } catch (thrown) {
      this.#fail(attempt, thrown);
    }
  }

  /** It has run for its start-to-close: the worker itself ends it. */
  timeOut(attempt: HeldAttempt, error: Error = new StartToCloseExceeded(attempt.delivery.startToCloseMs)): void {
    const { name, message } = error;
    this.#end(attempt, { kind: 'timed_out', error: { name, message }, chance: this.#options.draw() });
    attempt.abort(error);
    this.#options.onFreed();
  }

  /**
   * Saves a checkpoint that waits, and ends what was silent for its heartbeat timeout. `stalledMs`, for which the event loop
   * did not turn, are nobody's silence.
   */
  watch(attempt: HeldAttempt, now: Instant, stalledMs: number): void {
    this.#beats.saveWhereDue(attempt, now);
    const { heartbeatTimeoutMs } = attempt.delivery;
    if (heartbeatTimeoutMs === undefined) return;
    if (attempt.isGathering) attempt.heard(now);
    else if (stalledMs > 0) attempt.heard(Math.min(now, attempt.heartbeatAt + stalledMs));
    if (now - attempt.heartbeatAt >= heartbeatTimeoutMs)
      this.timeOut(attempt, new HeartbeatTimeout(heartbeatTimeoutMs));
  }

  /** Before it is handed back: the next attempt goes on from there. */
  saveCheckpoint(attempt: HeldAttempt): void {
    this.#beats.save(attempt);
  }

  /** What ran is not this worker's any more; the caller has settled or returned it. */
  revoke(attempt: HeldAttempt, reason: string): void {
    attempt.abort(new AttemptRevoked(reason));
    this.#options.onFreed();
  }

  /** Says in the log that it runs, once. */
  logStart(attempt: HeldAttempt): void {
    if (attempt.startLogged) return;
    attempt.startLogged = true;
    const { run, task, attempt: number } = attempt.delivery;
    const { id: worker, reports } = this.#options;
    reports.note(attempt, { type: 'TaskStarted', run, task, attempt: number, worker, startedAt: attempt.startedAt });
  }

  /** While it has not returned, the heartbeats say that it is this one which blocks. */
  #enter(attempt: HeldAttempt, parents: ParentResults): unknown {
    const { board } = this.#options;
    board.enter(attempt.place);
    try {
      return this.#call(attempt.served!, attempt, parents);
    } finally {
      board.enter(-1);
    }
  }

  #call(served: ServedHandler, attempt: HeldAttempt, parents: ParentResults): unknown {
    const context = new AttemptContext(attempt, parents, this.#options.journal, this.#beats);
    const { input } = attempt.delivery;
    if (served.schema === undefined) return served.handler(input, context);
    const accepted = acceptedInput(served, input);
    if (!(accepted instanceof Promise)) return served.handler(accepted, context);
    return accepted.then((late) => served.handler(late, context));
  }

  #endedAlone(attempt: HeldAttempt, parents: ParentResults, end: AloneEnd): void {
    if (attempt.state !== 'running') return;
    if (end === 'not-served') return this.#beginHere(attempt, parents);
    if (end === 'not-run') this.#giveBack(attempt, 'no-slot');
    else this.#end(attempt, end);
    this.#options.onFreed();
  }

  #giveBack(attempt: HeldAttempt, reason: ReturnReason): void {
    const { id: worker, reports } = this.#options;
    const { run, task, attempt: number } = attempt.delivery;
    const nonce = attempt.nonce === undefined ? {} : { nonce: attempt.nonce };
    reports.end(attempt, { type: 'TaskReturned', run, task, attempt: number, worker, ...nonce, reason });
  }

  #succeed(attempt: HeldAttempt, value: unknown): void {
    if (attempt.state !== 'running') return;
    try {
      const accepted = acceptedResult(attempt.served!, checkedResult(value));
      if (!(accepted instanceof Promise)) return this.#succeedWith(attempt, accepted);
      accepted.then(
        (result) => this.#succeedWith(attempt, result),
        (refused: unknown) => this.#fail(attempt, refused),
      );
    } catch (refused) {
      this.#fail(attempt, refused);
    }
  }

  #succeedWith(attempt: HeldAttempt, result: Json | undefined): void {
    if (attempt.state !== 'running') return;
    let outcome: Outcome;
    try {
      const taken = this.#branches.taken(attempt.delivery, result);
      outcome = { kind: 'succeeded', ...(result !== undefined && { result }), ...(taken !== undefined && { taken }) };
    } catch (refused) {
      return this.#fail(attempt, refused);
    }
    this.#end(attempt, outcome);
    this.#options.onFreed();
  }

  #fail(attempt: HeldAttempt, thrown: unknown): void {
    if (attempt.state !== 'running') return;
    if (thrown instanceof ParentResultsUnread) return this.#unread(attempt, thrown);
    const error = describeThrown(thrown);
    const { run, task, attempt: number, handler } = attempt.delivery;
    this.#options.journal.warn({ run, task, attempt: number, handler, failure: error }, 'A handler failed.');
    const retryable = isRetryable(thrown);
    const retryAfterMs = retryAfterOf(thrown);
    const asked = retryAfterMs === undefined ? {} : { retryAfterMs };
    this.#end(attempt, { kind: 'failed', error, retryable, chance: this.#options.draw(), ...asked });
    this.#options.onFreed();
  }

  #unread(attempt: HeldAttempt, error: ParentResultsUnread): void {
    this.#options.journal.warn({ error }, 'Results of parents were not read; their child is handed back.');
    this.#beats.save(attempt);
    this.#giveBack(attempt, 'input-unread');
    this.#options.onFreed();
  }

  #end(attempt: HeldAttempt, outcome: Outcome): void {
    if (outcome.kind !== 'succeeded') this.#beats.save(attempt);
    const { id: worker, reports, runTimes, clock } = this.#options;
    const { run, task, attempt: number } = attempt.delivery;
    const { startedAt, nonce } = attempt;
    const finishedAt = Math.max(startedAt, clock.now());
    runTimes.add(finishedAt - startedAt);
    const base = { type: 'TaskFinished', run, task, attempt: number, worker } as const;
    reports.end(
      attempt,
      nonce === undefined
        ? { ...base, startedAt, finishedAt, outcome }
        : { ...base, nonce, startedAt, finishedAt, outcome },
    );
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return value instanceof Promise || typeof (value as { then?: unknown } | null | undefined)?.then === 'function';
}
