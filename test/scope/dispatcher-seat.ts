import { controlPartitions } from '@millrace/protocol';
import {
  ControlSender,
  LogItems,
  DispatchTally,
  PartitionOwner,
  readHeartbeat,
  WorkerLiveness,
  type LogRecord,
} from '@millrace/runtime';
import { topics, type Brokers } from '../sim/world/brokers.ts';
import type { SimProcess } from '../sim/world/sim-process.ts';
import type { RecordWriter } from '@millrace/runtime';

const sessionMs = 10_000;

/** The real owner of the one partition, in a process of its own; what it reads and when is said from outside. */
export class DispatcherSeat {
  readonly process: SimProcess;
  readonly owner: PartitionOwner;
  readonly #brokers: Brokers;
  readonly #liveness = new WorkerLiveness(sessionMs);

  constructor(process: SimProcess, brokers: Brokers, writer: RecordWriter) {
    const { clock, journal, name: by } = process;
    this.process = process;
    this.#brokers = brokers;
    let nonces = 0;
    this.owner = new PartitionOwner({
      ...{ partition: 0, topics, writer, clock, journal, by, liveness: this.#liveness },
      control: new ControlSender(writer, topics.control, controlPartitions, journal),
      items: new LogItems(brokers.log.reader(), topics.log),
      tally: new DispatchTally(),
      nonce: () => Buffer.from(`${by}.${++nonces}`).toString('hex').padEnd(32, '0'),
    });
    this.owner.recoverTo(brokers.log.partition(topics.log, 0).end);
    for (const record of brokers.log.partition(topics.workers, 0).records) this.hear(record);
  }

  /** Records of the log that it has not read. */
  get unread(): number {
    return this.#brokers.log.partition(topics.log, 0).end - this.owner.position;
  }

  /** One fetch that gives at most `count` records. */
  read(count: number): void {
    const { end } = this.#brokers.log.partition(topics.log, 0);
    const records = this.#brokers.log.partition(topics.log, 0).from(this.owner.position).slice(0, count);
    this.owner.take({ topic: topics.log, partition: 0, records, endOffset: end });
  }

  /** A heartbeat landed and was read at once. */
  hear({ at, value }: LogRecord): void {
    this.#liveness.passed(at);
    const heartbeat = value === undefined ? undefined : readHeartbeat(value);
    if (heartbeat?.kind === 'worker') {
      this.#liveness.heard(heartbeat);
      this.owner.answer(heartbeat);
    }
    this.#liveness.reached(true);
  }
}
