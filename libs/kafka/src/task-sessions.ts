import type { Journal, Rounds, TaskSourceListener } from '@millrace/runtime';
import type { GroupIdentity } from './group-coordinator.js';
import type { GroupListener } from './group-membership.js';
import type { Assignment } from './group-protocol.js';
import type { GroupOffset } from './settled-offsets.js';
import { TaskSession, type TaskReader } from './task-session.js';

/** Where a group keeps its offsets. */
export interface GroupOffsets {
  commit(identity: GroupIdentity, offsets: Iterable<GroupOffset>): Promise<boolean>;
  committed(assignment: Assignment): Promise<ReadonlyMap<string, number>>;
}

export interface TaskSessionsOptions {
  readonly offsets: GroupOffsets;
  readonly newReader: () => TaskReader;
  readonly commitMs: number;
  /** Names the queue whose partitions a topic shows. */
  readonly queueOf: ReadonlyMap<string, string>;
  readonly listener: TaskSourceListener;
  readonly journal: Journal;
  readonly rounds: Rounds;
}

/**
 * One session of reading for each assignment. Each has its own reader, its own settled offsets and its own generation, so
 * that whatever of it is still under way when the next one begins touches nothing of the next.
 */
export class TaskSessions implements GroupListener {
  private session: TaskSession | undefined;
  private ended: TaskSession | undefined;
  /** What was settled in the session that ended last, and not committed in time. */
  private leftover: readonly GroupOffset[] = [];

  constructor(private readonly options: TaskSessionsOptions) {}

  joined(assignment: Assignment, identity: GroupIdentity, follows: boolean): void {
    const leftover = follows ? this.leftover : [];
    this.leftover = [];
    this.ended = undefined;
    const { offsets, newReader, commitMs, queueOf, listener, journal, rounds } = this.options;
    const session = new TaskSession({
      assignment,
      reader: newReader(),
      committed: async () => {
        if (leftover.length > 0) await offsets.commit(identity, leftover);
        return offsets.committed(assignment);
      },
      commit: (settled) => offsets.commit(identity, settled),
      commitMs,
      journal,
      rounds,
    });
    this.session = session;
    rounds.begin();
    void session.run(queueOf, listener);
  }

  settle(topic: string, partition: number, nextOffset: number): void {
    this.session?.settle(topic, partition, nextOffset);
  }

  /** Says `left` where `joined` was said. Resolves when what was settled is committed, or once that has failed. */
  async left(): Promise<void> {
    const { session } = this;
    if (session === undefined) return;
    this.session = undefined;
    this.options.rounds.rest();
    this.ended = session;
    session.end();
    if (session.told) this.options.listener.left();
    const leftover = await session.commitLast();
    if (this.ended === session) this.leftover = leftover;
  }
}
