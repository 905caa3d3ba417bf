import {
  isInFlight,
  silent,
  type Event,
  type FoldSink,
  type Frame,
  type Instant,
  type PartitionState,
} from '@millrace/domain';
import { limits, type OwnedPartition, type WorkerHeartbeat } from '@millrace/protocol';
import { FrameWriter, type FrameAck } from './frame-writer.js';
import { decideNext } from './decide-next.js';
import { drawOf } from './overrun-attempts.js';
import { housekeeping, publishAgainMs } from './housekeeping.js';
import { ClockAlarm } from './clock-alarm.js';
import { DueTimers } from './due-timers.js';
import { KeyAlarm } from './key-alarm.js';
import { ownedPartition } from './owned-partition.js';
import { PartitionFold } from './partition-fold.js';
import type { OwnerPhase, PartitionOwnerOptions } from './partition-owner-options.js';
import type { Fetched } from './ports.js';
import { attemptsInFlight, PublishAccepted } from './publish-accepted.js';
import type { SnapshotKeeper } from './snapshot-keeper.js';
import { noteRecovered } from './snapshot-recovery.js';
import { TellFolded } from './tell-folded.js';
import { answerHeartbeat } from './tell-workers.js';

/** After a take-over workers have this long to list what they hold before it is published again. */
const takeOverGraceMs = 3_000;
/** Between two looks at workers, timers and unlisted attempts. */
const housekeepingMs = 100;

/**
 * One log partition as a dispatcher sees it: recover, claim, fold, decide by credit, publish what was accepted. Whatever
 * it does to state goes through the log; it keeps nothing that the fold of the log would not give again, except when it
 * last heard of an attempt. One decision frame is outstanding at most.
 */
export class PartitionOwner {
  readonly #options: PartitionOwnerOptions;
  #fold: PartitionFold;
  readonly #frames: FrameWriter;
  readonly #publish: PublishAccepted;
  readonly #tell: TellFolded;
  readonly #keyAlarm: KeyAlarm;
  readonly #clockAlarm: ClockAlarm;
  readonly #dueTimers = new DueTimers();
  readonly #nonce: string;
  #phase: OwnerPhase = 'recovering';
  #isReleased = false;
  #recoverTo = Infinity;
  /** A frame of ours is on its way to the log or not folded yet. */
  #outstanding = false;
  /** When it was given to the log, by `uptimeMs`. */
  #sentAt = 0;
  /** Where that frame lies, once acknowledged. */
  #ackedOffset: number | undefined;
  #claimedEpoch = 0;
  #followingSince = -Infinity;
  /** Append time of the last frame folded while owning: what records that are sent again carry. */
  #decidedAt: Instant = 0;
  #keptAt = -Infinity;

  constructor(options: PartitionOwnerOptions) {
    const { partition, topics, journal, by, nonce, liveness, tally } = options;
    this.#options = options;
    this.#nonce = nonce();
    this.#fold = new PartitionFold(partition, undefined, options.gaps, options.knows);
    this.#publish = new PublishAccepted({ ...options, heardUntil: () => liveness.time });
    this.#tell = new TellFolded(options.control, this.#publish, () => this.#isInForce, tally.fold);
    this.#keyAlarm = new KeyAlarm(journal);
    this.#clockAlarm = new ClockAlarm(journal);
    const writes = { topic: topics.log, by: `${by}-${this.#nonce.slice(0, 8)}`, tally: tally.appends };
    this.#frames = new FrameWriter({ ...options, ...writes });
  }

  get phase(): OwnerPhase {
    return this.#phase;
  }

  /** Next offset wanted. */
  get position(): number {
    return this.#fold.position;
  }

  get state(): PartitionState {
    return this.#fold.state;
  }

  /** What its dispatcher says of it in heartbeats, while it owns. */
  get owned(): OwnedPartition | undefined {
    if (this.#phase !== 'owning') return undefined;
    return ownedPartition(this.#options.partition, this.position, this.state);
  }

  /** For a snapshot; whoever asks only reads. */
  get fold(): PartitionFold {
    return this.#fold;
  }

  /** While released it owns until another claims the partition, and claims it no more itself. */
  release(isReleased: boolean): void {
    this.#isReleased = isReleased;
  }

  /** Resolves when nothing that it publishes is on its way. */
  published(): Promise<void> {
    return this.#publish.idle();
  }

  /** Folds on from here; called before anything was folded. */
  resume(fold: PartitionFold): void {
    this.#fold = fold;
  }

  /** Lets the keeper take a snapshot if one is due; only whoever owns the partition does. */
  offer(keeper: SnapshotKeeper): void {
    if (this.#phase === 'owning') keeper.consider(this.#fold);
  }

  /** Does it still have to be told how far recovery goes? */
  get needsBounds(): boolean {
    return this.#recoverTo === Infinity;
  }

  /** Folding up to `endOffset` is recovery; then it claims. */
  recoverTo(endOffset: number): void {
    this.#recoverTo = endOffset;
  }

  stop(): void {
    this.#phase = 'stopped';
    void this.#frames.stop(0);
  }

  /** Folds what was read. Throws what `PartitionFold` throws: the partition has halted. */
  take(fetched: Fetched): void {
    if (this.#phase === 'stopped') return;
    for (const record of fetched.records) {
      const taken = this.#fold.take(record, this.#sink(), (frame, at) => this.#heard(frame, at));
      if (taken === 'fetch-again') break;
    }
    this.#advance();
  }

  /**
   * Claims again if it has followed for at least `silentMs`: the caller knows that the epoch in force is silent. Gives
   * whether it did.
   */
  claimAgain(silentMs: number): boolean {
    const isPatient = this.#options.clock.uptimeMs() - this.#followingSince >= silentMs;
    const claims = this.#phase === 'following' && !this.#outstanding && !this.#isReleased && isPatient;
    if (claims) this.#claim();
    return claims;
  }

  /** Compares a heartbeat with state and tells its worker what it should know. */
  answer(heartbeat: WorkerHeartbeat): void {
    if (this.#phase !== 'owning') return;
    const { partition, control } = this.#options;
    answerHeartbeat(this.state, partition, heartbeat, {
      tell: (message) => control.send(message),
      listed: (attempt) => this.#publish.listed(attempt),
    });
  }

  /** Decides what the world and the clock ask for. Called after folding and at least every 250 ms. */
  decide(): void {
    if (this.#phase !== 'owning' || this.#outstanding) return;
    const { clock, liveness, decisionEntriesMax = limits.frameItemsMax } = this.#options;
    const uptimeMs = clock.uptimeMs();
    if (uptimeMs - this.#keptAt >= housekeepingMs) {
      this.#keptAt = uptimeMs;
      const due = this.#dueTimers.propose(this.state, clock.now(), uptimeMs);
      const draw = (): number => drawOf(this.#options.nonce());
      const kept = housekeeping(this.state, this.#options.partition, liveness, this.#publish, clock.now(), draw, due);
      this.#publish.publishAgain(this.state.epoch, this.#decidedAt, kept.publishAgain);
      if (kept.events.length > 0) return this.#send(kept.events);
    }
    const next = decideNext(this.state, decisionEntriesMax);
    if (next.length > 0) this.#send(next);
  }

  /** Forgets what is over. Called every few seconds. */
  sweep(): void {
    this.#keyAlarm.look(this.#options.partition, this.state, this.#options.clock.now());
    this.#publish.sweep(
      ({ run, task, number }) => run.attemptNumberOf(task) !== number || !isInFlight(run.statusOf(task)),
    );
  }

  #sink(): FoldSink {
    return this.#phase === 'owning' ? this.#tell.sink : silent;
  }

  /** What a folded frame asks this owner to do at once. */
  #heard(frame: Frame, at: Instant): void {
    this.#options.tally.recordsFolded += 1;
    if (this.#phase !== 'owning' || !this.#isInForce) return;
    this.#clockAlarm.look(this.#options.partition, frame, at, this.#options.clock.uptimeMs());
    this.#publish.heard(this.state, frame);
    this.#tell.heard(this.state, frame);
    this.#decidedAt = at;
    this.#publish.flush(this.state.epoch, at, this.#sentAt);
  }

  #advance(): void {
    if (this.#ackedOffset !== undefined && this.position > this.#ackedOffset) {
      this.#ackedOffset = undefined;
      this.#outstanding = false;
    }
    if (this.#phase === 'recovering' && this.position >= this.#recoverTo && this.state.birth !== undefined) {
      noteRecovered(this.#options.journal, this.#fold, this.position);
      this.#claim();
    }
    if (this.#phase === 'claiming' && this.#isInForce) this.#own();
    else if (this.#phase === 'claiming' && !this.#outstanding) this.#lose();
    else if (this.#phase === 'owning' && !this.#isInForce) this.#lose();
    this.decide();
  }

  /**
   * Is the epoch in force at this position the one that we claimed? The phase may lag behind: one read can hold another's
   * claim and its decisions.
   */
  get #isInForce(): boolean {
    return this.state.ownerNonce === this.#nonce && this.state.epoch === this.#claimedEpoch;
  }

  #claim(): void {
    this.#phase = 'claiming';
    this.#claimedEpoch = this.state.epoch + 1;
    this.#send([{ type: 'PartitionClaimed', epoch: this.#claimedEpoch, nonce: this.#nonce, knows: this.#fold.knows }]);
  }

  #own(): void {
    const { partition, journal } = this.#options;
    this.#phase = 'owning';
    this.#options.tally.partitionsTaken += 1;
    this.#decidedAt = this.state.time;
    this.#publish.takeOver(attemptsInFlight(this.state), publishAgainMs, takeOverGraceMs);
    journal.info({ partition, epoch: this.state.epoch, runs: this.state.runs.size }, 'The partition is ours.');
  }

  #lose(): void {
    const { partition, journal, clock, tally } = this.#options;
    if (this.#phase === 'owning') tally.partitionsLost += 1;
    this.#phase = 'following';
    this.#followingSince = clock.uptimeMs();
    journal.info({ partition, epoch: this.state.epoch }, 'Another dispatcher has the partition.');
  }

  #send(events: readonly Event[]): void {
    this.#outstanding = true;
    this.#sentAt = this.#options.clock.uptimeMs();
    this.#frames.append(events, 'reject').then(
      (ack) => this.#acknowledged(ack),
      (error: unknown) => this.#givenUp(error),
    );
  }

  /** The ack's offset is exactly the one that the fold waits for: fold our own bytes without reading them back. */
  #acknowledged(ack: FrameAck): void {
    if (this.#phase === 'stopped') return;
    this.#ackedOffset = ack.offset;
    if (ack.offset < this.state.position) this.#fold.recheck(ack.offset, ack.crc);
    else if (ack.offset === this.position) this.#fold.takeOwn(ack, this.#sink(), (frame, at) => this.#heard(frame, at));
    this.#advance();
  }

  /** What was given up may still land: a new epoch fences it. */
  #givenUp(error: unknown): void {
    if (this.#phase === 'stopped') return;
    const { partition, journal } = this.#options;
    journal.error({ partition, error }, 'A decision was given up; claiming the partition again.');
    this.#outstanding = false;
    if (this.#isReleased) this.stop();
    else if (this.#phase !== 'following') this.#claim();
  }
}
