import type { TaskRecord } from '@millrace/protocol';
import type { LogRecord, TaskAssignment } from '@millrace/runtime';
import { PartitionProgress, type RecordProgress } from './progress.js';

/** The two append times may lie this far apart for a delivery that runs unclaimed. */
const promptMsMax = 2_000;

interface TaskPartition {
  readonly progress: PartitionProgress;
  /** As read after the join. */
  readonly endAtJoin: number;
  /** Highest offset taken in; -1 for none. */
  taken: number;
}

/**
 * What this worker was given at one group join: how far each task partition is settled, and which records are certainly
 * nobody else's. It ends at the next rebalance; what settles later moves nothing.
 */
export class Assignment {
  readonly #given: TaskAssignment;
  readonly #settle: (topic: string, partition: number, nextOffset: number) => void;
  readonly #partitions = new Map<string, TaskPartition[]>();
  #over = false;

  constructor(given: TaskAssignment, settle: (topic: string, partition: number, nextOffset: number) => void) {
    this.#given = given;
    this.#settle = settle;
  }

  get queues(): TaskAssignment['queues'] {
    return this.#given.queues;
  }

  end(): void {
    this.#over = true;
  }

  /** Opens a record that holds `tasks` tasks, 0 for one that cannot be read. */
  open(topic: string, partition: number, offset: number, tasks: number): RecordProgress {
    const entry = this.#entry(topic, partition);
    entry.taken = Math.max(entry.taken, offset);
    return entry.progress.open(offset, tasks);
  }

  /**
   * Is this the first time that anybody is given the record? Asked before `open`. At or above the end as read after the
   * join, above all that was taken in since, and appended within 2 s of its decision frame, whose copies come later.
   */
  isFirstHand(topic: string, partition: number, record: LogRecord, tasks: TaskRecord): boolean {
    const entry = this.#entry(topic, partition);
    return (
      tasks.again !== true &&
      record.offset >= entry.endAtJoin &&
      record.offset > entry.taken &&
      Math.abs(record.at - tasks.decidedAt) < promptMsMax
    );
  }

  #entry(topic: string, partition: number): TaskPartition {
    let entries = this.#partitions.get(topic);
    if (entries === undefined) this.#partitions.set(topic, (entries = []));
    return (entries[partition] ??= {
      progress: new PartitionProgress((nextOffset) => {
        if (!this.#over) this.#settle(topic, partition, nextOffset);
      }),
      endAtJoin: this.#given.endOf(topic, partition),
      taken: -1,
    });
  }
}
