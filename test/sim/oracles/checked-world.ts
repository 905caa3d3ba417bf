import { LogChecker, type Observation, type RecordFolded, type Violation } from '@millrace/checker';
import type { TaskRecord } from '@millrace/protocol';
import type { ProjectionBatch } from '@millrace/runtime';
import type { InMemoryPartition } from '@millrace/runtime/testing';

type Report = (rule: string, what: string) => void;

const utf8 = new TextDecoder();
type Judges = (partition: number) => boolean;

/** Shows the independent checker everything that happens in the world. */
export class CheckedWorld {
  readonly #checker = new LogChecker();
  readonly #report: Report;
  readonly #published = new Map<string, number>();

  readonly #judges: Judges;

  /** What it finds in a partition that is not judged is not told. */
  constructor(report: Report, judges: Judges) {
    this.#report = report;
    this.#judges = judges;
  }

  record(record: RecordFolded): void {
    for (const found of this.#checker.record(record)) this.#tell(found);
  }

  observe(observation: Observation): void {
    for (const found of this.#checker.observe(observation)) this.#tell(found);
  }

  /** Records have landed in a task topic. */
  published(log: InMemoryPartition): void {
    const name = `${log.topic}/${log.partition}`;
    const from = Math.max(log.start, this.#published.get(name) ?? 0);
    for (const { offset, value } of log.from(from)) {
      this.#published.set(name, offset + 1);
      const { epoch, again, tasks } = JSON.parse(utf8.decode(value)) as TaskRecord;
      for (const { run, task, attempt } of tasks)
        this.observe({ kind: 'published', epoch, again: again === true, run, task, attempt });
    }
  }

  /** The last records of a topic are gone. */
  cut(log: InMemoryPartition): void {
    const name = `${log.topic}/${log.partition}`;
    this.#published.set(name, Math.min(log.end, this.#published.get(name) ?? 0));
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

  #tell(found: Violation): void {
    if (this.#judges(found.partition)) this.#report(found.rule, told(found));
  }
}

function told({ partition, offset, sentence }: Violation): string {
  return `${sentence} (${partition}:${offset})`;
}
