import type { Instant, ReturnReason, RunId, TaskIndex, WorkerId } from '@millrace/domain';
import type { AttemptTable } from './attempt-table.js';
import type { Claims } from './claims.js';
import type { DeliveryBoard } from './heart/delivery-board.js';
import type { HandlerCalls } from './handler-calls.js';
import { attemptKey, type HeldAttempt } from './held-attempt.js';
import type { Reports } from './reports.js';
import type { SettledClock } from './settled-clock.js';
import type { Slots } from './slots.js';
import { SuspectsElsewhere, SuspectsHere, type Suspects } from './suspects.js';
import { WaitingLine } from './waiting-line.js';
import type { WorkerTally } from './worker-tally.js';

export interface FloorOptions {
  readonly id: WorkerId;
  readonly slots: Slots;
  /** What is under suspicion runs elsewhere, so many at the same time. Undefined: here, while nothing else does. */
  readonly aloneMax: number | undefined;
  /** What waits at most; more is handed back at once. */
  readonly waitingMax: number;
  /** Of deliveries in hand, as JSON; beyond it one more is handed back, unless it is alone. */
  readonly inputBytesMax: number;
  readonly table: AttemptTable;
  readonly board: Pick<DeliveryBoard, 'busy'>;
  readonly reports: Reports;
  readonly claims: Claims;
  readonly calls: HandlerCalls;
  readonly counts: WorkerTally;
  readonly clock: SettledClock;
  /** When the last group heartbeat that succeeded was sent. */
  readonly heartbeatSentAt: () => number;
}

/** Half the group session: an older heartbeat does not prove that the session still lives. */
const provenMsMax = 5_000;
/** Who waits longer for a slot is handed back. */
const slotWaitMsMax = 1_000;
/** Sweeps further apart: the event loop did not turn. */
const stallMsMin = 1_000;
/** Of the bytes of inputs that may be held. */
const fullShare = 0.75;
/** What runs longer is logged as started. */
const startUnloggedMsMax = 1_000;

/**
 * Where attempts move from held to claimed, running and ended. A claiming or running attempt has a slot. Nothing is handed
 * to a handler or claimed while the worker drains or while its group session is not proven to live.
 */
export class Floor {
  readonly #options: FloorOptions;
  readonly #waiting = new WaitingLine();
  readonly #suspects: Suspects;
  #busy = 0;
  #filling = false;
  #drains = false;
  #sweptAt: Instant = 0;

  constructor(options: FloorOptions) {
    this.#options = options;
    const { slots, clock, aloneMax } = options;
    this.#suspects =
      aloneMax === undefined ? new SuspectsHere({ slots, clock }) : new SuspectsElsewhere(slots, aloneMax);
  }

  /** Slots in use here. */
  get busy(): number {
    return this.#busy;
  }

  get drains(): boolean {
    return this.#drains;
  }

  /** Begins nothing new now. */
  get isClosed(): boolean {
    return this.#drains || this.#options.slots.areReserved || this.#isFull;
  }

  /** A new attempt. It goes on at once where it may, waits for a slot, or is handed back. */
  offer(attempt: HeldAttempt): void {
    this.#options.table.add(attempt);
    if (attempt.served === undefined) return this.#giveBack(attempt, 'no-handler');
    if (this.#drains) return this.#refuse(attempt, 'draining');
    if (this.#waiting.length + this.#suspects.length >= this.#options.waitingMax || this.#isOverfull)
      return this.#refuse(attempt, 'no-slot');
    (attempt.delivery.alone === true ? this.#suspects : this.#waiting).add(attempt);
    this.fill();
  }

  /** Gives free slots to who waits. The session is looked at before each: a handler that blocks may outlive its proof. */
  fill(): void {
    if (this.#filling) return;
    this.#filling = true;
    this.#suspects.look();
    while (this.#mayHandOver()) {
      const attempt = this.#suspects.take() ?? (this.#options.slots.hasFree ? this.#waiting.take() : undefined);
      if (attempt === undefined) break;
      this.#options.slots.take();
      this.#use(1);
      if (attempt.claimFirst) this.#claim(attempt);
      else this.#begin(attempt);
    }
    this.#filling = false;
  }

  #claim(attempt: HeldAttempt): void {
    const { claims, counts, clock } = this.#options;
    counts.claims.add('asked');
    claims.ask(attempt, clock.now());
  }

  #begin(attempt: HeldAttempt): void {
    this.#options.counts.started += 1;
    this.#options.calls.begin(attempt);
  }

  /** A slot is free again. */
  freed(): void {
    this.#use(-1);
    this.#options.slots.give();
  }

  /** What time does: late starts, start-to-close, claims without answer, waits that took too long. */
  sweep(): void {
    this.fill();
    const { table, claims, calls, clock } = this.#options;
    const leapMs = clock.look();
    const now = clock.now();
    const gapMs = this.#sweptAt === 0 ? 0 : now - leapMs - this.#sweptAt;
    const stalledMs = gapMs > stallMsMin ? gapMs : 0;
    this.#sweptAt = now;
    const mayHandOver = this.#mayHandOver();
    // Before anything ends: what begins in a slot that is freed below begins by the new time.
    if (leapMs !== 0) for (const attempt of table) attempt.shift(leapMs);
    for (const attempt of table) {
      if (attempt.state === 'running') {
        const ranMs = now - attempt.startedAt;
        if (ranMs >= startUnloggedMsMax) calls.logStart(attempt);
        if (ranMs >= attempt.delivery.startToCloseMs) calls.timeOut(attempt);
        else calls.watch(attempt, now, stalledMs);
      } else if (attempt.state === 'claiming') {
        if (claims.repeatWhereDue(attempt, now) === 'unanswered') this.#unanswered(attempt);
      } else if (attempt.state === 'held' && mayHandOver && now - attempt.heldSince > slotWaitMsMax) {
        if (!this.#suspects.keeps(attempt)) this.#refuse(attempt, 'no-slot');
      }
    }
  }

  /** The assignment is over: what runs is said in the log, what only waits is forgotten and comes again elsewhere. */
  leave(): void {
    const { table, calls, reports } = this.#options;
    this.#waiting.clear();
    this.#suspects.clear();
    for (const attempt of table) {
      if (attempt.state === 'running') calls.logStart(attempt);
      else if (attempt.state === 'held') table.drop(attempt);
    }
    reports.flush();
  }

  /** The owner says whose claim holds. One that cannot be used now is asked for again: the claim is repeated. */
  verdict(run: RunId, task: TaskIndex, number: number, nonce: string, holds: boolean): void {
    const { table, counts } = this.#options;
    const attempt = table.find(attemptKey(run, task, number));
    if (attempt?.state !== 'claiming' || attempt.nonce !== nonce) return;
    if (holds && !this.#mayHandOver()) return;
    counts.claims.add(holds ? 'granted' : 'refused');
    if (holds) return this.#begin(attempt);
    table.settle(attempt);
    this.freed();
  }

  /** Its end is decided elsewhere: the handler is aborted, nothing is reported. */
  stop(run: RunId, task: TaskIndex, number: number, reason: string): void {
    const attempt = this.#options.table.find(attemptKey(run, task, number));
    if (attempt !== undefined) this.#forget(attempt, reason);
  }

  /**
   * A partition has declared this incarnation lost: what it gave is aborted. Nothing of it is settled: after a rebalance it
   * may be meant for a worker that lives, and the next holder of the task partition should get it rather than nobody.
   */
  abandon(partition: number): void {
    for (const attempt of this.#options.table) {
      if (attempt.partition === partition) this.#forget(attempt, 'worker-lost', 'unsettled');
    }
  }

  /**
   * From now on nothing starts; what waits or claims is handed back. Whether a claim was accepted is not known yet, and with
   * it whether its return will be: the next holder of the partition gets it too.
   */
  drain(): void {
    this.#drains = true;
    this.#waiting.clear();
    this.#suspects.clear();
    for (const attempt of this.#options.table) {
      if (attempt.state === 'held') this.#refuse(attempt, 'draining');
      else if (attempt.state === 'claiming') {
        attempt.leaveToNextHolder();
        this.#unclaim(attempt, 'draining');
      }
    }
  }

  /** Hands back what still runs, and aborts it. */
  handBackRunning(): void {
    for (const attempt of this.#options.table) {
      if (attempt.state !== 'running') continue;
      this.#options.calls.saveCheckpoint(attempt);
      this.#giveBack(attempt, 'draining');
      this.#options.calls.revoke(attempt, 'the worker drains');
    }
  }

  #use(slots: number): void {
    this.#busy += slots;
    this.#options.board.busy(this.#busy);
  }

  /** No further credit is granted; what was dispatched until then should still fit. */
  get #isFull(): boolean {
    return this.#options.table.bytes > fullShare * this.#options.inputBytesMax;
  }

  get #isOverfull(): boolean {
    const { table, inputBytesMax } = this.#options;
    return table.bytes > inputBytesMax && table.size > 1;
  }

  #mayHandOver(): boolean {
    const { clock, heartbeatSentAt } = this.#options;
    return !this.#drains && clock.uptimeMs() - heartbeatSentAt() < provenMsMax;
  }

  /**
   * A copy is forgotten: whoever runs the attempt unclaimed must not lose it by a return. Whoever leaves does not settle it:
   * the next holder of the partition gets it sooner than it is published again.
   */
  #refuse(attempt: HeldAttempt, reason: ReturnReason): void {
    if (!attempt.again) this.#giveBack(attempt, reason);
    else if (reason === 'draining') this.#options.table.drop(attempt);
    else this.#options.table.settle(attempt);
  }

  #giveBack(attempt: HeldAttempt, reason: ReturnReason): void {
    const { run, task, attempt: number } = attempt.delivery;
    const base = { type: 'TaskReturned', run, task, attempt: number, worker: this.#options.id } as const;
    const { nonce } = attempt;
    this.#options.reports.end(attempt, nonce === undefined ? { ...base, reason } : { ...base, nonce, reason });
  }

  #unanswered(attempt: HeldAttempt): void {
    this.#options.counts.claims.add('unanswered');
    this.#unclaim(attempt, 'claim-unanswered');
  }

  /** Hands back what it claims: after this no answer to the claim begins it. */
  #unclaim(attempt: HeldAttempt, reason: ReturnReason): void {
    this.#giveBack(attempt, reason);
    this.freed();
  }

  #forget(attempt: HeldAttempt, reason: string, how: 'settled' | 'unsettled' = 'settled'): void {
    const { table, calls } = this.#options;
    const { state } = attempt;
    if (state === 'ended') return;
    if (how === 'settled') table.settle(attempt);
    else table.drop(attempt);
    if (state === 'running') calls.revoke(attempt, reason);
    else if (state === 'claiming') this.freed();
  }
}
