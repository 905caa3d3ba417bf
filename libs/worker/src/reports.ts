import type { Event, TaskFinished, TaskReturned } from '@millrace/domain';
import { WriterStopped, type Clock, type Journal } from '@millrace/runtime';
import type { AttemptTable } from './attempt-table.js';
import type { HeldAttempt } from './held-attempt.js';
import type { WorkerTally } from './worker-tally.js';

/** The part of `LogWriter` that reports need. */
export interface ReportWriter {
  append(partition: number, items: readonly Event[]): Promise<unknown>;
}

interface Batch {
  readonly items: Event[];
  readonly noted: HeldAttempt[];
  /** What settles when the batch is acknowledged. */
  readonly ending: HeldAttempt[];
}

export interface ReportsOptions {
  readonly writer: ReportWriter;
  readonly table: AttemptTable;
  readonly clock: Clock;
  readonly journal: Journal;
  readonly counts: WorkerTally;
}

/** A log writer that is full takes nothing for a while. */
const againMs = 1_000;

/**
 * What this worker says in the log. Everything said in one turn of the event loop for one partition goes as one append,
 * in order. An attempt whose end or return is acknowledged is settled.
 */
export class Reports {
  readonly #options: ReportsOptions;
  #batches = new Map<number, Batch>();
  #scheduled: NodeJS.Immediate | undefined;

  constructor(options: ReportsOptions) {
    this.#options = options;
  }

  /** The last word about an attempt. */
  end(attempt: HeldAttempt, item: TaskFinished | TaskReturned): void {
    attempt.become('ended');
    this.#count(item);
    const batch = this.#batchOf(attempt.partition);
    batch.items.push(item);
    batch.ending.push(attempt);
  }

  /** Something that settles nothing: a start, a claim. */
  note(attempt: HeldAttempt, item: Event): void {
    attempt.isSaying = true;
    const batch = this.#batchOf(attempt.partition);
    batch.items.push(item);
    batch.noted.push(attempt);
  }

  /** Gives everything said so far to the writer now. */
  flush(): void {
    if (this.#scheduled !== undefined) clearImmediate(this.#scheduled);
    this.#scheduled = undefined;
    const batches = this.#batches;
    this.#batches = new Map();
    for (const [partition, batch] of batches) this.#send(partition, batch);
  }

  #count(item: TaskFinished | TaskReturned): void {
    const { counts } = this.#options;
    if (item.type === 'TaskReturned') return counts.returned.add(item.reason);
    counts.ended.add(item.outcome.kind);
    counts.took.add(item.finishedAt - item.startedAt);
  }

  #batchOf(partition: number): Batch {
    let batch = this.#batches.get(partition);
    if (batch === undefined) {
      this.#batches.set(partition, (batch = { items: [], noted: [], ending: [] }));
      this.#scheduled ??= setImmediate(() => this.flush());
    }
    return batch;
  }

  #send(partition: number, batch: Batch): void {
    const { writer, table, clock, journal } = this.#options;
    writer.append(partition, batch.items).then(
      () => {
        for (const attempt of batch.noted) attempt.isSaying = false;
        for (const attempt of batch.ending) table.settle(attempt);
      },
      (error: unknown) => {
        if (error instanceof WriterStopped) return;
        journal.error({ partition, items: batch.items.length, error }, 'The log did not take reports; trying again.');
        clock.after(againMs, () => this.#send(partition, batch));
      },
    );
  }
}
