import { bandOfTopic } from '@millrace/protocol';
import type { Journal, LogRecord, TaskAssignment, TaskSource, TaskSourceListener, Clock } from '@millrace/runtime';
import { Assignment } from './assignment.js';
import type { AttemptTable } from './attempt-table.js';
import type { Floor } from './floor.js';
import type { HandlerTable } from './handler.js';
import { attemptKey, HeldAttempt } from './held-attempt.js';
import { parseTaskRecord } from './parse-task-record.js';

export interface IntakeOptions {
  readonly source: Pick<TaskSource, 'settle'>;
  readonly handlers: HandlerTable;
  readonly table: AttemptTable;
  readonly floor: Floor;
  readonly clock: Clock;
  readonly journal: Journal;
  /** The partitions held have changed. */
  readonly onHolding: () => void;
}

/** Turns task records into attempts on the floor, and judges which of them must be claimed. */
export class Intake implements TaskSourceListener {
  readonly #options: IntakeOptions;
  #assignment: Assignment | undefined;

  constructor(options: IntakeOptions) {
    this.#options = options;
  }

  /** Task-topic partitions held, by queue. */
  get queues(): TaskAssignment['queues'] {
    return this.#assignment?.queues ?? {};
  }

  joined(given: TaskAssignment): void {
    const { source, onHolding } = this.#options;
    if (this.#assignment !== undefined) this.left();
    this.#assignment = new Assignment(given, (topic, partition, nextOffset) =>
      source.settle(topic, partition, nextOffset),
    );
    onHolding();
  }

  left(): void {
    this.#assignment?.end();
    this.#assignment = undefined;
    this.#options.floor.leave();
  }

  records(topic: string, partition: number, records: readonly LogRecord[]): void {
    if (this.#assignment === undefined) return;
    for (const record of records) this.#take(this.#assignment, topic, partition, record);
  }

  #take(assignment: Assignment, topic: string, partition: number, record: LogRecord): void {
    const { handlers, table, floor, clock, journal } = this.#options;
    const tasks = parseTaskRecord(record);
    if (typeof tasks === 'string') {
      journal.warn({ topic, partition, offset: record.offset, cause: tasks }, 'A task record was passed over.');
      assignment.open(topic, partition, record.offset, 0);
      return;
    }
    const firstHand = assignment.isFirstHand(topic, partition, record, tasks);
    const progress = assignment.open(topic, partition, record.offset, tasks.tasks.length);
    const arrival = { band: bandOfTopic(topic), epoch: tasks.epoch, again: tasks.again === true, at: clock.now() };
    const bytes = Math.ceil((record.value?.length ?? 0) / tasks.tasks.length);
    for (const delivery of tasks.tasks) {
      const held = table.find(attemptKey(delivery.run, delivery.task, delivery.attempt));
      if (held !== undefined) {
        held.join(progress, tasks.epoch);
        continue;
      }
      const served = handlers.find(delivery.handler);
      const asks = delivery.claimFirst === true || delivery.alone === true || served?.claimFirst === true;
      const claimFirst = !firstHand || asks;
      floor.offer(new HeldAttempt(delivery, served, { ...arrival, claimFirst, bytes, record: progress }));
    }
  }
}
