import { setTimeout as sleep } from 'node:timers/promises';
import { processUptimeMs, type Journal } from '@millrace/runtime';
import type { KafkaConnection } from './connect-kafka.js';
import { GroupCoordinator, type GroupIdentity } from './group-coordinator.js';
import { assignGroup, decodeAssignment, encodeMember, type Assignment } from './group-protocol.js';
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
}

export interface GroupListener {
  /** `identity` is what offsets of this assignment are committed under. */
  joined(assignment: Assignment, identity: GroupIdentity): void;
  /** A rebalance has begun or the session is over. Joining again waits for the promise, a second at most. */
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
const rejoin: ReadonlySet<number> = new Set([codes.unknownMember, codes.illegalGeneration, codes.rebalanceInProgress]);

/**
 * A member of a consumer group that fetches nothing: it joins, assigns where it leads, sends heartbeats, and joins again
 * after every trouble until stopped. A coordinator that moves or restarts within the session does not end the membership.
 */
export class GroupMembership {
  private readonly wire: KafkaWire;
  private readonly coordinator: GroupCoordinator;
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
    this.wire = new KafkaWire({ ...connection, requestMsMax: Math.ceil(options.sessionMs / 2) });
    this.coordinator = new GroupCoordinator(this.wire, options.groupId);
  }

  /** Begins to join; tolerates being called twice. */
  start(listener: GroupListener): void {
    this.listener = listener;
    if (!this.stopping.signal.aborted) this.living ??= this.live();
  }

  /** When the last heartbeat that succeeded was sent, joins included, by `processUptimeMs`; -Infinity before the first. */
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
    while (!this.stopping.signal.aborted) {
      try {
        await this.join();
        backOffMs = backOffMsMin;
        await this.beat();
        await this.leave();
      } catch (error) {
        await this.leave();
        if (this.stopping.signal.aborted) return;
        const cause = error instanceof Error ? error.message : String(error);
        this.journal.warn({ group: this.options.groupId, backOffMs }, `Expected to be in the group, but: ${cause}`);
        await this.pause(backOffMs);
        backOffMs = Math.min(backOffMs * 2, backOffMsMax);
      }
    }
  }

  /** Returns when this process is a member with an assignment. */
  private async join(): Promise<void> {
    const { sessionMs, sets } = this.options;
    for (;;) {
      const metadata = encodeMember(sets, this.held, this.generation);
      const request = {
        sessionTimeout: sessionMs,
        rebalanceTimeout: sessionMs,
        memberId: this.memberId,
        protocolType: 'consumer',
        groupProtocols: [{ name: 'millrace', metadata }],
      };
      const joined = await this.coordinator.ask<JoinAnswer>('group', 'JoinGroup', request, sessionMs + 1_000);
      if (joined.errorCode === codes.memberIdRequired) this.memberId = joined.memberId;
      if (joined.errorCode === codes.memberIdRequired || this.isRejoin(joined.errorCode)) continue;
      this.coordinator.throwFailure('JoinGroup', joined.errorCode);
      this.memberId = joined.memberId;
      const synced = await this.sync(joined);
      if (this.isRejoin(synced.errorCode)) continue;
      this.coordinator.throwFailure('SyncGroup', synced.errorCode);
      if (this.stopping.signal.aborted) return;
      this.generation = joined.generationId;
      this.held = decodeAssignment(synced.memberAssignment);
      this.lastSentAt = synced.sentAt;
      this.joinedNow = true;
      this.listener?.joined(this.held, { memberId: this.memberId, generation: this.generation });
      return;
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

  /** Sends heartbeats; returns when the group wants this member to join again. Throws when the session has run out. */
  private async beat(): Promise<void> {
    const { heartbeatMs, sessionMs } = this.options;
    while (!this.stopping.signal.aborted) {
      await this.pause(heartbeatMs);
      const sentAt = processUptimeMs();
      const request = { groupGenerationId: this.generation, memberId: this.memberId };
      try {
        const { errorCode } = await this.coordinator.ask<{ errorCode: number }>('group', 'Heartbeat', request);
        if (errorCode === codes.none) this.lastSentAt = sentAt;
        else if (this.isRejoin(errorCode)) return;
        else this.coordinator.throwFailure('Heartbeat', errorCode);
      } catch (error) {
        if (processUptimeMs() - this.lastSentAt > sessionMs) throw error;
      }
    }
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
