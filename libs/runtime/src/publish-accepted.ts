import type { Attempt, Frame, Instant, PartitionState, RecallReason } from '@millrace/domain';
import type { Topics } from '@millrace/protocol';
import { encodeDelivery, packDeliveries, topicOf } from './deliveries.js';
import { FarInputs, type FarInput, type Payloads } from './far-inputs.js';
import { publishAgainMs } from './housekeeping.js';
import type { ItemsOfLog } from './log-items.js';
import type { DispatchTally } from './metrics/dispatch-tally.js';
import { TopicMissing, type Clock, type Journal, type RecordWriter } from './ports.js';

/** Un-marked copies only this long after the decision frame, `again` copies only later: the windows never overlap. */
export const firstSendMs = 2_000;
/** A task topic that has been missing for this long is gone: until then it may only not be known yet. */
export const topicGoneMs = 30_000;

interface Watched {
  /** When this process last knew it to be on its way or with a worker, by `uptimeMs` of its clock ... */
  since: number;
  /** ... and how far it had read the heartbeats then. */
  heardSince: Instant;
  /** When this process folded its dispatch, by the same: no `again` copy within `firstSendMs` of it. */
  readonly foldedAt: number;
}

interface Envelope {
  readonly epoch: number;
  readonly decidedAt: Instant;
  readonly again: boolean;
  /** When the decision was given to the log, by `uptimeMs`: too late for an un-marked send after `firstSendMs`. */
  readonly sentAt: number;
}
interface Given {
  readonly attempt: Attempt;
  readonly payloads: Payloads;
}
interface Far extends FarInput {
  readonly attempt: Attempt;
}

/** Inputs that are read before any of their tasks is sent. */
const readBytesMax = 4 * 1024 * 1024;

export interface PublishAcceptedOptions {
  readonly writer: RecordWriter;
  readonly topics: Topics;
  readonly clock: Clock;
  readonly journal: Journal;
  /** Append time of the newest heartbeat read. */
  readonly heardUntil: () => Instant;
  readonly partition: number;
  readonly items: ItemsOfLog;
  readonly tally: DispatchTally;
}

/**
 * Puts accepted dispatches of one partition on the task topics. The first send of a task is un-marked; whatever is sent
 * later, or again because nobody lists it, is marked `again`, so that a worker claims before it runs.
 */
export class PublishAccepted {
  readonly #options: PublishAcceptedOptions;
  readonly #inputs: FarInputs;
  #accepted: Attempt[] = [];
  readonly #sends = new Set<Promise<void>>();
  readonly #watched = new Map<Attempt, Watched>();
  /** Attempts that can never be published, and why. */
  readonly unpublishable = new Map<Attempt, RecallReason>();
  /** Since when the task topic of an attempt has been missing. */
  readonly #missingSince = new Map<Attempt, number>();

  constructor(options: PublishAcceptedOptions) {
    this.#options = options;
    this.#inputs = new FarInputs(options.partition, options.items);
  }

  /** Keeps inputs of a frame that was just folded. */
  heard(state: PartitionState, frame: Frame): void {
    this.#inputs.heard(state, frame);
  }

  /** Its dispatch has just been folded. */
  accepted(attempt: Attempt): void {
    this.#accepted.push(attempt);
  }

  /**
   * Sends what was accepted since the last call: all of one decision frame. `decidedAt` is that frame's append time;
   * `sentAt`: when it was given to the log, by `uptimeMs`. What is learnt 2 s later is too late for an un-marked send, so it
   * goes the way of what was lost.
   */
  flush(epoch: number, decidedAt: Instant, sentAt: number): void {
    if (this.#accepted.length === 0) return;
    const attempts = this.#accepted;
    this.#accepted = [];
    const isLate = this.#isLate(sentAt);
    if (isLate) for (const attempt of attempts) this.#lostOnTheWay(attempt);
    else this.#send(attempts, { epoch, decidedAt, again: false, sentAt });
  }

  /** A worker lists it, or its start was logged: it is not on its way any more. */
  listed(attempt: Attempt): void {
    this.#watch(attempt, 0);
  }

  /**
   * How long nobody has listed it, in milliseconds; watching begins with the first question. Counted by this process's clock
   * and by the heartbeats' append times, whichever is less: while this process was frozen it read nothing, and what it has
   * not read yet may list the attempt.
   */
  unlistedMs(attempt: Attempt): number {
    const watched = this.#watched.get(attempt) ?? this.#watch(attempt, 0);
    const { clock, heardUntil } = this.#options;
    return Math.min(clock.uptimeMs() - watched.since, heardUntil() - watched.heardSince);
  }

  /**
   * After a take-over: what nobody lists within `graceMs` is published again. What was started has a whole session to be
   * listed: recalling it would execute again what runs.
   */
  takeOver(attempts: Iterable<Attempt>, unlistedMs: number, graceMs: number): void {
    for (const attempt of attempts) {
      this.#watched.delete(attempt);
      this.#watch(attempt, attempt.startedAt === undefined ? unlistedMs - graceMs : 0);
    }
  }

  /** Sends copies marked `again`; those dispatched within the last 2 s wait for a later call. */
  publishAgain(epoch: number, decidedAt: Instant, attempts: readonly Attempt[]): void {
    const now = this.#options.clock.uptimeMs();
    const due = attempts.filter((attempt) => now - (this.#watched.get(attempt)?.foldedAt ?? now) >= firstSendMs);
    for (const attempt of due) this.listed(attempt);
    this.#send(due, { epoch, decidedAt, again: true, sentAt: now });
  }

  /** Resolves when no send is under way. */
  async idle(): Promise<void> {
    while (this.#sends.size > 0) await Promise.all(this.#sends);
  }

  /** Forgets the attempts that `isOver`. */
  sweep(isOver: (attempt: Attempt) => boolean): void {
    for (const attempt of this.#watched.keys()) if (isOver(attempt)) this.#watched.delete(attempt);
    for (const attempt of this.unpublishable.keys()) if (isOver(attempt)) this.unpublishable.delete(attempt);
    for (const attempt of this.#missingSince.keys()) if (isOver(attempt)) this.#missingSince.delete(attempt);
  }

  #send(attempts: readonly Attempt[], envelope: Envelope): void {
    const inputs = this.#inputs;
    const near: Given[] = [];
    const far: Far[] = [];
    for (const attempt of attempts) {
      const input = inputs.of(attempt);
      if (input.missing.length === 0) near.push({ attempt, payloads: input.atHand });
      else far.push({ attempt, ...input });
    }
    this.#put(near, envelope);
    if (far.length > 0) void this.#fetchAndPut(far, envelope);
  }

  /** What has to be read comes a little later; too late for an un-marked send, it goes the way of what was lost. */
  async #fetchAndPut(all: readonly Far[], envelope: Envelope): Promise<void> {
    const { journal } = this.#options;
    for (const group of groupsOf(all)) {
      try {
        const read = await this.#inputs.read(group.flatMap(({ missing }) => missing));
        if (!envelope.again && this.#isLate(envelope.sentAt))
          for (const { attempt } of group) this.#lostOnTheWay(attempt);
        else
          this.#put(
            group.map(({ attempt, atHand }) => ({ attempt, payloads: new Map([...atHand, ...read]) })),
            envelope,
          );
      } catch (error) {
        journal.warn({ error, tasks: group.length }, 'Inputs were not read; their tasks are published again.');
        for (const { attempt } of group) this.#lostOnTheWay(attempt, envelope.again);
      }
    }
  }

  #put(all: readonly Given[], envelope: Envelope): void {
    const deliveries: { attempt: Attempt; text: string }[] = [];
    for (const { attempt, payloads } of all) {
      const text = encodeDelivery(attempt, payloads);
      if (text === undefined) this.unpublishable.set(attempt, 'input-too-large');
      else deliveries.push({ attempt, text });
    }
    if (deliveries.length === 0) return;
    const { writer, topics, journal, tally } = this.#options;
    tally.published += deliveries.length;
    if (envelope.again) tally.publishedAgain += deliveries.length;
    const send = writer.appendAll(packDeliveries(topics, deliveries, envelope)).catch((error: unknown) => {
      tally.publishFailures += 1;
      journal.warn({ error, tasks: deliveries.length }, 'A publish failed; what did not arrive is published again.');
      for (const { attempt } of deliveries) {
        this.#lostOnTheWay(attempt, envelope.again);
        if (error instanceof TopicMissing && error.topic === topicOf(topics, attempt)) this.#topicMissing(attempt);
      }
    });
    this.#sends.add(send);
    void send.finally(() => this.#sends.delete(send));
  }

  #isLate(sentAt: number): boolean {
    return this.#options.clock.uptimeMs() - sentAt >= firstSendMs;
  }

  #topicMissing(attempt: Attempt): void {
    const now = this.#options.clock.uptimeMs();
    const since = this.#missingSince.get(attempt) ?? now;
    this.#missingSince.set(attempt, since);
    if (now - since >= topicGoneMs) this.unpublishable.set(attempt, 'queue-gone');
  }

  /**
   * Publish again as soon as the windows allow it; a copy that failed, which may fail for long, after as long again. What was
   * started meanwhile did arrive: its workers have a whole session to list it.
   */
  #lostOnTheWay(attempt: Attempt, again = false): void {
    if (attempt.startedAt === undefined) this.#watch(attempt, again ? publishAgainMs - firstSendMs : Infinity);
  }

  /** From now on it counts as unlisted for `unlistedMs`. */
  #watch(attempt: Attempt, unlistedMs: number): Watched {
    const { clock, heardUntil } = this.#options;
    const now = clock.uptimeMs();
    const foldedAt = this.#watched.get(attempt)?.foldedAt ?? now;
    const watched = { since: now - unlistedMs, heardSince: heardUntil() - unlistedMs, foldedAt };
    this.#watched.set(attempt, watched);
    return watched;
  }
}

function* groupsOf(all: readonly Far[]): Generator<readonly Far[]> {
  let group: Far[] = [];
  let bytes = 0;
  for (const far of all) {
    const own = far.missing.reduce((sum, address) => sum + address.bytes, 0);
    if (group.length > 0 && bytes + own > readBytesMax) {
      yield group;
      group = [];
      bytes = 0;
    }
    group.push(far);
    bytes += own;
  }
  yield group;
}

/** Every attempt of a partition that is dispatched and has not ended. */
export function* attemptsInFlight(state: PartitionState): Generator<Attempt> {
  for (const run of state.runs.values()) yield* run.inFlight.values();
}
