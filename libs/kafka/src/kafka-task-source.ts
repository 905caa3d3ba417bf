import { bandNamesHighestFirst, topicsOf } from '@millrace/protocol';
import type { Instant } from '@millrace/domain';
import type { TaskSource, TaskSourceListener } from '@millrace/runtime';
import type { KafkaConnection } from './connect-kafka.js';
import { GroupMembership } from './group-membership.js';
import { KafkaRecordReader } from './kafka-record-reader.js';
import { TaskSessions } from './task-sessions.js';

export interface TaskSourceOptions {
  /** Of the topics. */
  readonly prefix: string;
  /** At least one. All workers share the group `<prefix>.workers`, whatever queues they serve. */
  readonly queues: readonly string[];
  /** Default 10,000. */
  readonly sessionMs?: number;
  /** Default 500. */
  readonly heartbeatMs?: number;
  /** How long settled offsets are gathered. Default 250; larger means more redelivery after a crash. */
  readonly commitMs?: number;
}

/** Group membership and reading of the task topics of one worker's queues, all bands alike. */
export class KafkaTaskSource implements TaskSource {
  private readonly membership: GroupMembership;
  private readonly queueOf: ReadonlyMap<string, string>;
  private readonly commitMs: number;
  private sessions: TaskSessions | undefined;

  constructor(
    private readonly connection: KafkaConnection,
    options: TaskSourceOptions,
  ) {
    const { prefix, sessionMs = 10_000, heartbeatMs = 500, commitMs = 250 } = options;
    const queues = [...new Set(options.queues)].sort();
    const sets = queues.map((queue) => bandNamesHighestFirst.map((band) => topicsOf(prefix).tasks(queue, band)));
    this.queueOf = new Map(queues.map((queue, index) => [sets[index]?.[0] ?? '', queue]));
    this.commitMs = commitMs;
    this.membership = new GroupMembership(connection, { groupId: `${prefix}.workers`, sets, sessionMs, heartbeatMs });
  }

  async start(listener: TaskSourceListener): Promise<void> {
    const { connection, membership: offsets, queueOf, commitMs } = this;
    const newReader = (): KafkaRecordReader => new KafkaRecordReader(connection);
    const { journal } = connection;
    this.sessions ??= new TaskSessions({ offsets, newReader, commitMs, queueOf, listener, journal });
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
