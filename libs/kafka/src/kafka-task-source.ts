import { bandNamesHighestFirst, topicsOf } from '@millrace/protocol';
import type { Instant } from '@millrace/domain';
import type { TaskSource, TaskSourceListener } from '@millrace/runtime';
import type { KafkaConnection } from './connect-kafka.js';
import { GroupMembership } from './group-membership.js';
import type { Assignment } from './group-protocol.js';
import { KafkaRecordReader } from './kafka-record-reader.js';
import { TaskSession } from './task-session.js';

export interface TaskSourceOptions {
  /** Of the topics. */
  readonly prefix: string;
  /** At least one. All workers with the same queues share a group: `<prefix>.workers.<queues joined by '+'>`. */
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
  private readonly settled = new Map<string, readonly [string, number, number]>();
  private listener: TaskSourceListener | undefined;
  private session: TaskSession | undefined;
  private told = false;
  private timer: NodeJS.Timeout | undefined;
  private committing: Promise<void> = Promise.resolve();

  constructor(
    private readonly connection: KafkaConnection,
    options: TaskSourceOptions,
  ) {
    const { prefix, sessionMs = 10_000, heartbeatMs = 500, commitMs = 250 } = options;
    const queues = [...new Set(options.queues)].sort();
    const sets = queues.map((queue) => bandNamesHighestFirst.map((band) => topicsOf(prefix).tasks(queue, band)));
    this.queueOf = new Map(queues.map((queue, index) => [sets[index]?.[0] ?? '', queue]));
    this.commitMs = commitMs;
    const groupId = `${prefix}.workers.${queues.join('+')}`;
    this.membership = new GroupMembership(connection, { groupId, sets, sessionMs, heartbeatMs });
  }

  async start(listener: TaskSourceListener): Promise<void> {
    this.listener = listener;
    this.membership.start({ joined: (assignment) => this.begin(assignment), left: () => this.leave() });
  }

  settle(topic: string, partition: number, nextOffset: number): void {
    if (this.session?.holds(topic, partition) !== true) return;
    const name = `${topic}/${partition}`;
    if ((this.settled.get(name)?.[2] ?? 0) >= nextOffset) return;
    this.settled.set(name, [topic, partition, nextOffset]);
    this.timer ??= setTimeout(() => void this.commit(), this.commitMs);
  }

  lastHeartbeatSentAt(): Instant {
    return this.membership.lastHeartbeatSentAt();
  }

  /** Commits, says `left`, leaves the group. */
  async stop(): Promise<void> {
    await this.membership.stop();
    this.session?.end();
    clearTimeout(this.timer);
  }

  private begin(assignment: Assignment): void {
    const { connection, membership, listener } = this;
    if (listener === undefined) return;
    const session = new TaskSession(assignment, new KafkaRecordReader(connection), membership, connection.journal);
    this.session = session;
    void session.run(this.queueOf, {
      joined: (tasks) => {
        this.told = true;
        listener.joined(tasks);
      },
      records: (topic, partition, records) => listener.records(topic, partition, records),
    });
  }

  private async leave(): Promise<void> {
    this.session?.end();
    if (this.told) this.listener?.left();
    this.told = false;
    await this.commit();
    this.session = undefined;
    this.settled.clear();
  }

  /** One commit at a time. What the group does not take is read again by whoever holds the partition next. */
  private commit(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.committing = this.committing.then(async () => {
      const offsets = [...this.settled.values()];
      if (offsets.length === 0) return;
      this.settled.clear();
      try {
        await this.membership.commit(offsets);
      } catch {
        for (const [topic, partition, offset] of offsets) this.settle(topic, partition, offset);
      }
    });
    return this.committing;
  }
}
