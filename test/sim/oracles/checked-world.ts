import { LogChecker, type Observation, type RecordFolded } from '@millrace/checker';
import type { TaskRecord } from '@millrace/protocol';
import type { ProjectionBatch } from '@millrace/runtime';
import type { InMemoryPartition } from '@millrace/runtime/testing';

type Report = (rule: string, what: string) => void;

/** Shows the independent checker everything that happens in the world. */
export class CheckedWorld {
  readonly #checker = new LogChecker();
  readonly #report: Report;
  readonly #published = new Map<string, number>();

  constructor(report: Report) {
    this.#report = report;
  }

  record(record: RecordFolded): void {
    for (const found of this.#checker.record(record)) this.#report(found.rule, told(found));
  }

  observe(observation: Observation): void {
    for (const found of this.#checker.observe(observation)) this.#report(found.rule, told(found));
  }

  /** Records have landed in a task topic. */
  published(log: InMemoryPartition): void {
    const name = `${log.topic}/${log.partition}`;
    for (const { offset, value } of log.from(this.#published.get(name) ?? 0)) {
      this.#published.set(name, offset + 1);
      const { epoch, again, tasks } = JSON.parse(new TextDecoder().decode(value)) as TaskRecord;
      for (const { run, task, attempt } of tasks)
        this.observe({ kind: 'published', epoch, again: again === true, run, task, attempt });
    }
  }

  committed({ positions }: ProjectionBatch): void {
    for (const { partition, from, to, accepted, rejected, quarantined } of positions) {
      this.observe({ kind: 'committed', partition, from, to });
      this.observe({ kind: 'accounts', partition, offset: to, accepted, rejected, quarantined });
    }
  }

  rolledBack(stands: readonly number[]): void {
    for (const [partition, to] of stands.entries()) this.observe({ kind: 'rolled-back', partition, to });
  }
}

function told({ partition, offset, sentence }: { partition: number; offset: number; sentence: string }): string {
  return `${sentence} (${partition}:${offset})`;
}
