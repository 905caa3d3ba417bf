import type { Instant } from '@millrace/domain';
import { processUptimeMs, Rounds, type TaskSource, type TaskSourceListener } from '@millrace/runtime';
import type { KafkaConnection } from './connect-kafka.js';
import { GroupMembership } from './group-membership.js';
import { KafkaRecordReader } from './kafka-record-reader.js';
import { TaskSessions } from './task-sessions.js';

export interface GroupSourceOptions {
  readonly groupId: string;
  /** By queue its topics, all with equally many partitions. */
  readonly topicsOfQueue: ReadonlyMap<string, readonly string[]>;
  /** Default 10,000. */
  readonly sessionMs?: number;
  /** Default 500. */
  readonly heartbeatMs?: number;
  /** How long settled offsets are gathered. Default 250; larger means more redelivery after a crash. */
  readonly commitMs?: number;
}

/** Group membership and reading of the topics that its members deal out among them. */
export class KafkaGroupSource implements TaskSource {
  private readonly membership: GroupMembership;
  private readonly queueOf: ReadonlyMap<string, string>;
  private readonly commitMs: number;
  readonly rounds: readonly Rounds[];
  private readonly reading: Rounds;
  private sessions: TaskSessions | undefined;

  constructor(
    private readonly connection: KafkaConnection,
    options: GroupSourceOptions,
  ) {
    const { groupId, topicsOfQueue, sessionMs = 10_000, heartbeatMs = 500, commitMs = 250 } = options;
    const sets = [...topicsOfQueue.values()];
    this.queueOf = new Map([...topicsOfQueue].map(([queue, topics]) => [topics[0] ?? '', queue]));
    this.commitMs = commitMs;
    this.reading = new Rounds(`reading of ${groupId}`, { uptimeMs: processUptimeMs });
    this.membership = new GroupMembership(connection, { groupId, sets, sessionMs, heartbeatMs, keeps: true });
    this.rounds = [this.membership.rounds, this.reading];
  }

  async start(listener: TaskSourceListener): Promise<void> {
    const { connection, membership: offsets, queueOf, commitMs } = this;
    const newReader = (): KafkaRecordReader => new KafkaRecordReader(connection);
    const { journal } = connection;
    const { reading: rounds } = this;
    this.sessions ??= new TaskSessions({ offsets, newReader, commitMs, queueOf, listener, journal, rounds });
    this.membership.start(this.sessions);
  }

  settle(topic: string, partition: number, nextOffset: number): void {
    this.sessions?.settle(topic, partition, nextOffset);
  }

  lastHeartbeatSentAt(): Instant {
    return this.membership.lastHeartbeatSentAt();
  }

  /** Says `left`, commits, leaves the group. */
  async stop(): Promise<void> {
    await this.membership.stop();
    await this.sessions?.left();
  }
}
