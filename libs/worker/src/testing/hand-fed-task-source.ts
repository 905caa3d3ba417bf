import type { Instant } from '@millrace/domain';
import type { LogRecord, TaskAssignment, TaskSource, TaskSourceListener } from '@millrace/runtime';

/** A group membership that a test plays: it joins, feeds and leaves when told, and remembers what was settled. */
export class HandFedTaskSource implements TaskSource {
  /** Last next offset by `topic/partition`. */
  readonly settled = new Map<string, number>();
  heartbeatSentAt: Instant;
  started = false;
  stopped = false;
  private listener: TaskSourceListener | undefined;

  constructor(now: Instant) {
    this.heartbeatSentAt = now;
  }

  async start(listener: TaskSourceListener): Promise<void> {
    this.listener = listener;
    this.started = true;
  }

  /** `ends` are the ends as read after the join, by `topic/partition`; default 0. */
  join(queues: TaskAssignment['queues'], ends: Readonly<Record<string, number>> = {}): void {
    this.listener?.joined({ queues, endOf: (topic, partition) => ends[`${topic}/${partition}`] ?? 0 });
  }

  leave(): void {
    this.listener?.left();
  }

  feed(topic: string, partition: number, ...records: LogRecord[]): void {
    this.listener?.records(topic, partition, records);
  }

  settle(topic: string, partition: number, nextOffset: number): void {
    this.settled.set(`${topic}/${partition}`, nextOffset);
  }

  lastHeartbeatSentAt(): Instant {
    return this.heartbeatSentAt;
  }

  async stop(): Promise<void> {
    if (!this.stopped) this.leave();
    this.stopped = true;
  }
}
