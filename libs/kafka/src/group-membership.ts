import { setTimeout as sleep } from 'node:timers/promises';
import { processUptimeMs, Rounds, type Journal } from '@millrace/runtime';
import type { KafkaConnection } from './connect-kafka.js';
import { GroupCoordinator, type GroupIdentity } from './group-coordinator.js';
import { assignGroup, decodeAssignment, encodeMember, isShrunk, type Assignment } from './group-protocol.js';
import { kafkaErrorCodes as codes } from './kafka-error-codes.js';
import { KafkaWire } from './kafka-wire.js';
import type { GroupOffset } from './settled-offsets.js';

export interface GroupOptions {
  readonly groupId: string;
  /** Topics with equally many partitions each, assigned together. */
  readonly sets: readonly (readonly string[])[];
  /** Without a heartbeat for this long a member counts as gone. */
  readonly sessionMs: number;
  readonly heartbeatMs: number;
  /**
   * Whether what is assigned must never be another member's too: it is given up before anybody else gets it, in two joins.
   * False where the assignment is a hint: it changes hands in one.
   */
  readonly keeps: boolean;
}

export interface GroupListener {
  /**
   * `identity` is what offsets of this assignment are committed under. Where it `follows` the one before, nobody else can
   * have held anything of that since `left`: what was settled there may be committed here.
   */
  joined(assignment: Assignment, identity: GroupIdentity, follows: boolean): void;
  /** The next assignment is about to be known, or the session is over. Going on waits for the promise, a second at most. */
  left(): Promise<void> | void;
}

interface JoinAnswer {
  readonly errorCode: number;
  readonly generationId: number;
  readonly leaderId: string;
  readonly memberId: string;
  readonly members: readonly { memberId: string; memberMetadata: Buffer }[];
}

const backOffMsMin = 100;
const backOffMsMax = 2_000;
const leaveWaitMsMax = 1_000;
/** Of the session: how long the group waits for living members to join again. Longer than what `provenPart` allows. */
const rebalancePart = 1.5;
/** Of the session: until then after the last heartbeat of a settled group, those sent while a join is pending prove something. */
const provenPart = 0.75;
const rejoin: ReadonlySet<number> = new Set([codes.unknownMember, codes.illegalGeneration, codes.rebalanceInProgress]);

/**
 * A member of a consumer group that fetches nothing: it joins, assigns where it leads, sends heartbeats, and joins again
 * after every trouble until stopped. A coordinator that moves or restarts within the session does not end the membership.
 *
 * While a join is pending, which takes a session where a member has died, it keeps its assignment: it says so in its join,
 * and whoever leads the next generation gives nothing of it to anybody else. That the group is still in the generation is
 * not enough: it can end, and others can begin to read, long before a process that was frozen reads the answer.
 */
export class GroupMembership {
  private readonly wire: KafkaWire;
  private readonly coordinator: GroupCoordinator;
  /** Busy from its start until it is stopped. */
  readonly rounds: Rounds;
  private readonly journal: Journal;
  private readonly stopping = new AbortController();
  private listener: GroupListener | undefined;
  private living: Promise<void> | undefined;
  private memberId = '';
  private generation = -1;
  private held: Assignment = new Map();
  private joinedNow = false;
  private lastSentAt = -Infinity;

  constructor(
    connection: KafkaConnection,
    private readonly options: GroupOptions,
  ) {
    this.journal = connection.journal;
    this.rounds = new Rounds(`membership of ${options.groupId}`, { uptimeMs: processUptimeMs });
    this.wire = new KafkaWire({ ...connection, requestMsMax: Math.ceil(options.sessionMs / 2) });
    this.coordinator = new GroupCoordinator(this.wire, options.groupId);
  }

  /** Begins to join; tolerates being called twice. */
  start(listener: GroupListener): void {
    this.listener = listener;
    if (!this.stopping.signal.aborted) this.living ??= this.live();
  }

  /**
   * When the last heartbeat that succeeded was sent, joins included, by `processUptimeMs`; -Infinity before the first. While
   * a join is pending, one that is answered "rebalance in progress" succeeded: the generation was still in force.
   */
  lastHeartbeatSentAt(): number {
    return this.lastSentAt;
  }

  /**
   * Commits offsets for the generation that they were settled in. False when the group did not take them because that is
   * over: they will be read again. Throws `LogUnavailable`.
   */
  commit(identity: GroupIdentity, offsets: Iterable<GroupOffset>): Promise<boolean> {
    return this.coordinator.commit(identity, offsets);
  }

  /** Committed offsets by `topic/partition`; absent where there is none. Throws `LogUnavailable`. */
  committed(assignment: Assignment): Promise<Map<string, number>> {
    return this.coordinator.committed(assignment);
  }

  /** Leaves the group, so that others take over at once, and closes. Tolerates being called twice and before `start`. */
  async stop(): Promise<void> {
    if (this.stopping.signal.aborted) return this.living;
    this.stopping.abort();
    this.rounds.rest();
    await this.leave();
    if (this.memberId !== '') {
      const left = this.coordinator.ask('leave', 'LeaveGroup', { memberId: this.memberId });
      await Promise.race([left.catch(() => undefined), sleep(leaveWaitMsMax)]);
    }
    this.wire.close();
    await this.living;
  }

  private async live(): Promise<void> {
    let backOffMs = backOffMsMin;
    this.rounds.begin();
    while (!this.stopping.signal.aborted) {
      try {
        const isShort = await this.join();
        backOffMs = backOffMsMin;
        if (!isShort) await this.beat();
      } catch (error) {
        this.rounds.ended(error);
        await this.leave();
        if (this.stopping.signal.aborted) return;
        const cause = error instanceof Error ? error.message : String(error);
        this.journal.warn({ group: this.options.groupId, backOffMs }, `Expected to be in the group, but: ${cause}`);
        await this.pause(backOffMs);
        backOffMs = Math.min(backOffMs * 2, backOffMsMax);
      }
    }
  }

  /** Resolves when this process is a member with an assignment; true when it has given something up for others to join. */
  private async join(): Promise<boolean> {
    for (;;) {
      const keeps = this.options.keeps && this.joinedNow;
      const joined = await this.askToJoin(keeps);
      this.rounds.ended();
      await this.leave();
      if (joined.errorCode === codes.memberIdRequired) this.memberId = joined.memberId;
      if (joined.errorCode === codes.memberIdRequired || this.isRejoin(joined.errorCode)) continue;
      this.coordinator.throwFailure('JoinGroup', joined.errorCode);
      this.memberId = joined.memberId;
      const synced = await this.sync(joined);
      if (this.isRejoin(synced.errorCode)) continue;
      this.coordinator.throwFailure('SyncGroup', synced.errorCode);
      if (this.stopping.signal.aborted) return false;
      const assignment = decodeAssignment(synced.memberAssignment);
      const isShort = this.options.keeps && isShrunk(this.held, assignment);
      this.generation = joined.generationId;
      this.held = assignment;
      this.lastSentAt = synced.sentAt;
      this.joinedNow = true;
      this.listener?.joined(assignment, { memberId: this.memberId, generation: this.generation }, keeps);
      return isShort;
    }
  }

  private async askToJoin(keeps: boolean): Promise<JoinAnswer> {
    const { sessionMs, sets } = this.options;
    const rebalanceMs = Math.ceil(rebalancePart * sessionMs);
    const metadata = encodeMember({ sets, held: this.held, heldIn: this.generation, keeps });
    const request = {
      sessionTimeout: sessionMs,
      rebalanceTimeout: rebalanceMs,
      memberId: this.memberId,
      protocolType: 'consumer',
      groupProtocols: [{ name: 'millrace', metadata }],
    };
    const answered = new AbortController();
    if (keeps) void this.beatUntil(AbortSignal.any([answered.signal, this.stopping.signal]));
    try {
      return await this.coordinator.ask<JoinAnswer>('join', 'JoinGroup', request, rebalanceMs + 1_000);
    } finally {
      answered.abort();
    }
  }

  /**
   * Sends heartbeats while a join is pending. They prove the session for a bounded time only: a join that is lost on its way
   * to the coordinator ends the membership when the group has waited long enough, and none of these would tell.
   */
  private async beatUntil(answered: AbortSignal): Promise<void> {
    const { heartbeatMs, sessionMs } = this.options;
    const until = this.lastSentAt + provenPart * sessionMs;
    while (!answered.aborted && processUptimeMs() < until) {
      await sleep(heartbeatMs, undefined, { signal: answered }).catch(() => undefined);
      const sentAt = processUptimeMs();
      const errorCode = await this.heartbeat().catch(() => undefined);
      if (answered.aborted) return;
      if (errorCode === codes.none || errorCode === codes.rebalanceInProgress) this.lastSentAt = sentAt;
      else if (errorCode !== undefined) return;
    }
  }

  private async sync({
    generationId,
    leaderId,
    memberId,
    members,
  }: JoinAnswer): Promise<{ errorCode: number; memberAssignment: Buffer; sentAt: number }> {
    const { sessionMs } = this.options;
    const countOf = async (topic: string): Promise<number> => {
      this.wire.forget(topic);
      return this.wire.partitionCountOf(topic);
    };
    const groupAssignment = leaderId === memberId ? await assignGroup(members, countOf) : [];
    const sentAt = processUptimeMs();
    const request = { generationId, memberId, groupAssignment };
    const answer = await this.coordinator.ask<{ errorCode: number; memberAssignment: Buffer }>(
      'group',
      'SyncGroup',
      request,
      sessionMs,
    );
    return { ...answer, sentAt };
  }

  /**
   * Sends heartbeats; returns when the group wants this member to join again, with its assignment where its generation is
   * still in force. Throws when the session has run out.
   */
  private async beat(): Promise<void> {
    const { heartbeatMs, sessionMs } = this.options;
    while (!this.stopping.signal.aborted) {
      await this.pause(heartbeatMs);
      const sentAt = processUptimeMs();
      try {
        const errorCode = await this.heartbeat();
        this.rounds.ended();
        if (errorCode === codes.none) this.lastSentAt = sentAt;
        else if (errorCode === codes.rebalanceInProgress) return;
        else if (this.isRejoin(errorCode)) return await this.leave();
        else this.coordinator.throwFailure('Heartbeat', errorCode);
      } catch (error) {
        this.rounds.ended(error);
        if (processUptimeMs() - this.lastSentAt > sessionMs) throw error;
      }
    }
  }

  private async heartbeat(): Promise<number> {
    const request = { groupGenerationId: this.generation, memberId: this.memberId };
    return (await this.coordinator.ask<{ errorCode: number }>('group', 'Heartbeat', request)).errorCode;
  }

  private async leave(): Promise<void> {
    if (!this.joinedNow) return;
    this.joinedNow = false;
    await Promise.race([Promise.resolve(this.listener?.left()).catch(() => undefined), sleep(leaveWaitMsMax)]);
  }

  /** Whether the answer asks to join again at once. An unknown member joins as a new one. */
  private isRejoin(errorCode: number): boolean {
    if (errorCode === codes.unknownMember) this.memberId = '';
    return rejoin.has(errorCode);
  }

  private async pause(forMs: number): Promise<void> {
    await sleep(forMs, undefined, { signal: this.stopping.signal }).catch(() => undefined);
  }
}
