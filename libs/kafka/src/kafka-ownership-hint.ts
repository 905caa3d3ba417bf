import { topicsOf } from '@millrace/protocol';
import type { OwnershipHint } from '@millrace/runtime';
import type { KafkaConnection } from './connect-kafka.js';
import { GroupMembership } from './group-membership.js';

export interface OwnershipOptions {
  /** Of the topics. */
  readonly prefix: string;
  /** Last part of the group id. */
  readonly group: 'dispatchers' | 'projectors';
  /** Default 6,000; smaller notices a dead process sooner and takes a slow one for dead. */
  readonly sessionMs?: number;
  /** Default 500. */
  readonly heartbeatMs?: number;
}

/**
 * Spreads the log's partitions over the processes of a group. Says nothing when the membership is lost: whoever owns a
 * partition learns from the log that somebody else has claimed it.
 */
export class KafkaOwnershipHint implements OwnershipHint {
  private readonly membership: GroupMembership;
  private readonly topic: string;

  constructor(connection: KafkaConnection, { prefix, group, sessionMs = 6_000, heartbeatMs = 500 }: OwnershipOptions) {
    this.topic = topicsOf(prefix).manifests;
    this.membership = new GroupMembership(connection, {
      groupId: `${prefix}.${group}`,
      sets: [[this.topic]],
      sessionMs,
      heartbeatMs,
      keeps: false,
    });
  }

  async start(listener: { assigned(partitions: readonly number[]): void }): Promise<void> {
    this.membership.start({
      joined: (assignment) => listener.assigned(assignment.get(this.topic) ?? []),
      left: () => undefined,
    });
  }

  /** Leaves the group, so that others take over at once. */
  stop(): Promise<void> {
    return this.membership.stop();
  }
}
