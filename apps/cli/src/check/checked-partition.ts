import { FactSink, LogChecker, type Violation } from '@millrace/checker';
import type { LogRecord } from '@millrace/runtime';

/** The checker beside a fold of one partition: give the fold its `sink`, then tell it each record that was folded. */
export class CheckedPartition {
  readonly sink = new FactSink();
  readonly #checker = new LogChecker();
  #next = 0;

  constructor(private readonly partition: number) {}

  /** Violations that this record shows. A fold passes over offsets only where an operator accepted that they are lost. */
  folded(record: LogRecord): Violation[] {
    const { partition } = this;
    if (record.offset > this.#next) {
      this.#checker.observe({ kind: 'gap-passed', partition, from: this.#next, to: record.offset });
    }
    this.#next = record.offset + 1;
    return this.#checker.record({ ...record, partition, facts: this.sink.take() });
  }
}
