import { partitionOfRun, type Band, type Instant, type TaskIndex, type RunId, type Json } from '@millrace/domain';
import type { Delivery, ListedDelivery } from '@millrace/protocol';
import type { BoardEntry, DeliveryBoard } from './heart/delivery-board.js';
import type { ServedHandler } from './handler.js';
import type { RecordProgress } from './progress.js';

export type AttemptKey = string;

export function attemptKey(run: RunId, task: TaskIndex, attempt: number): AttemptKey {
  return `${run}${task}.${attempt}`;
}

/** How a delivery came, as far as it decides what may be done with it. */
export interface Arrival {
  /** Of the task topic that it came by. */
  readonly band: Band;
  readonly epoch: number;
  /** A copy: never run unclaimed, never returned for want of a slot. */
  readonly again: boolean;
  /** Must be claimed before it runs. */
  readonly claimFirst: boolean;
  readonly at: Instant;
  /** Its share of the record that it came by. Default 0. */
  readonly bytes?: number;
  readonly record: RecordProgress;
}

export type AttemptState = ListedDelivery['state'] | 'gone';

/** An attempt that this worker has in its hands, from its delivery until its report is acknowledged or it is forgotten. */
export class HeldAttempt {
  readonly key: AttemptKey;
  /** Log partition. */
  readonly partition: number;
  readonly again: boolean;
  readonly claimFirst: boolean;
  readonly band: Band;
  /** About what its delivery takes as JSON. */
  readonly bytes: number;
  heldSince: Instant;
  epoch: number;
  /** Of its claim, once it was made. */
  nonce: string | undefined;
  /** Its start or claim is on the way to the log, not acknowledged yet. */
  isSaying = false;
  /** When the claim was sent last. */
  claimedAt: Instant = 0;
  /** How often it was sent. */
  claims = 0;
  startedAt: Instant = 0;
  /** When its handler last called `heartbeat`, or was called. */
  heartbeatAt: Instant = 0;
  /** The results of its parents are being read; its handler was not called yet. */
  isGathering = false;
  /** A checkpoint that is not on its way to the log yet. */
  unsaved: Json | undefined;
  /** When one was last sent there. */
  savedAt: Instant = 0;
  /** Its start is in the log or on its way there. */
  startLogged = false;
  #state: AttemptState = 'held';
  #board: DeliveryBoard | undefined;
  #place = -1;
  #controller: AbortController | undefined;
  #record: RecordProgress | undefined;
  /** Records of further copies. */
  #copies: RecordProgress[] | undefined;

  constructor(
    readonly delivery: Delivery,
    readonly served: ServedHandler | undefined,
    arrival: Arrival,
  ) {
    this.key = attemptKey(delivery.run, delivery.task, delivery.attempt);
    this.partition = partitionOfRun(delivery.run);
    this.again = arrival.again;
    this.claimFirst = arrival.claimFirst;
    this.band = arrival.band;
    this.bytes = arrival.bytes ?? 0;
    this.heldSince = arrival.at;
    this.epoch = arrival.epoch;
    this.#record = arrival.record;
  }

  get state(): AttemptState {
    return this.#state;
  }

  /** Its place on the board; -1 where it has none. */
  get place(): number {
    return this.#place;
  }

  /** Where heartbeats read of it. */
  goOn(board: DeliveryBoard): void {
    const { run, task, attempt, startToCloseMs } = this.delivery;
    this.#board = board;
    if (this.#state === 'gone') return;
    this.#place = board.put(run, task, attempt, startToCloseMs, this.#entry(this.#state));
  }

  /** The machine's clock was set by this much: what was noted by it moves along. */
  shift(leapMs: number): void {
    this.heldSince += leapMs;
    this.claimedAt += leapMs;
    this.startedAt += leapMs;
    this.heartbeatAt += leapMs;
    this.savedAt += leapMs;
    if (this.#state !== 'gone') this.#shown(this.#state);
  }

  /** Heartbeats list it so from now on. */
  become(state: AttemptState): void {
    this.#state = state;
    if (state !== 'gone') return this.#shown(state);
    this.#board?.remove(this.#place);
    this.#place = -1;
  }

  /** Its handler lives. */
  heard(at: Instant): void {
    this.heartbeatAt = at;
    if (this.delivery.heartbeatTimeoutMs !== undefined && this.#state !== 'gone') this.#shown(this.#state);
  }

  /** Made when a handler first looks at it: one costs a microsecond. */
  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    return this.#controller.signal;
  }

  abort(reason: Error): void {
    this.#controller ??= new AbortController();
    this.#controller.abort(reason);
  }

  /** A copy joins: it settles with this attempt. */
  join(record: RecordProgress, epoch: number): void {
    this.epoch = Math.max(this.epoch, epoch);
    if (this.#state !== 'gone') this.#shown(this.#state);
    if (this.#record !== undefined) (this.#copies ??= []).push(record);
  }

  /** From now on its records are not settled with it: whoever holds their partition next gets them. */
  leaveToNextHolder(): void {
    this.#record = undefined;
    this.#copies = undefined;
  }

  settle(): void {
    this.#record?.settle();
    if (this.#copies !== undefined) for (const record of this.#copies) record.settle();
  }

  #shown(state: ListedDelivery['state']): void {
    if (this.#place >= 0) this.#board!.change(this.#place, this.#entry(state));
  }

  #entry(state: ListedDelivery['state']): BoardEntry {
    const { epoch, nonce, startedAt, heartbeatAt } = this;
    const mayBeSilent = this.delivery.heartbeatTimeoutMs === undefined;
    return { state, epoch, nonce, startedAt, heartbeatAt: mayBeSilent ? 0 : heartbeatAt };
  }
}
