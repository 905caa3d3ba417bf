import type { RecordFolded } from '@millrace/checker';
import { isInFlight, partitionOfRun, type PartitionState } from '@millrace/domain';
import type { TaskRecord } from '@millrace/protocol';
import type { InMemoryPartition } from '@millrace/runtime/testing';
import { keyOf, type Attempts } from './attempts.ts';

type Report = (rule: string, what: string) => void;

/** Offsets of a task topic that the group's position moves past. */
export interface Passed {
  readonly log: InMemoryPartition;
  readonly from: number;
  /** The next offset. */
  readonly to: number;
  /** Incarnations of the process that commits it. */
  readonly ids: readonly string[];
}

export interface SettledDeliveriesOptions {
  readonly attempts: Attempts;
  readonly states: () => readonly PartitionState[];
  /** Can nobody say what this partition of the log means? */
  readonly isUnknown: (partition: number) => boolean;
  readonly report: Report;
}

const utf8 = new TextDecoder();

/**
 * The group's offsets move past a delivery that its worker has begun only after its end or return is in the log, or somebody
 * else has the attempt: until then whoever gets the partition next has to get the delivery.
 */
export class SettledDeliveries {
  readonly #options: SettledDeliveriesOptions;
  /** Ends and returns in the log, by `key worker`. */
  readonly #reported = new Set<string>();
  /** They have lost records: what an offset stood for is not known. */
  readonly #maimed = new Set<InMemoryPartition>();

  constructor(options: SettledDeliveriesOptions) {
    this.#options = options;
  }

  folded({ frame }: RecordFolded): void {
    for (const item of frame?.items ?? []) {
      if (item.type === 'TaskFinished' || item.type === 'TaskReturned')
        this.#reported.add(`${keyOf(item)} ${item.worker}`);
    }
  }

  cut(log: InMemoryPartition): void {
    this.#maimed.add(log);
  }

  /** Of a process with more than one incarnation nobody can say which of them began what. */
  passed({ log, from, to, ids }: Passed): void {
    if (ids.length !== 1 || this.#maimed.has(log)) return;
    for (const { offset, value } of log.records) {
      if (offset < from) continue;
      if (offset >= to) return;
      const { tasks } = JSON.parse(utf8.decode(value)) as TaskRecord;
      for (const delivery of tasks) this.#settled(delivery, ids, `${log.topic}/${log.partition}/${offset}`);
    }
  }

  #settled(delivery: TaskRecord['tasks'][number], ids: readonly string[], where: string): void {
    const { attempts, states, isUnknown, report } = this.#options;
    const key = keyOf(delivery);
    const [id] = ids;
    if (!attempts.of(key).some((each) => each.ids === ids) || this.#reported.has(`${key} ${id}`)) return;
    const partition = partitionOfRun(delivery.run);
    if (isUnknown(partition)) return;
    const run = states()[partition]!.runs.get(delivery.run);
    const current = run?.inFlight.get(delivery.task);
    if (current?.number !== delivery.attempt || !isInFlight(run!.statusOf(delivery.task))) return;
    const isItsOwn = current.startedAt === undefined || current.worker === id;
    if (isItsOwn) report('settled-was-reported', `${id} has passed over ${where}, but ${key} has no end in the log`);
  }
}
