import { crc32 } from 'node:zlib';
import type { Event } from '@millrace/domain';
import { born, workerSeen } from '@millrace/domain/testing';
import {
  controlPartitions,
  crcHeader,
  crcText,
  encodeFrame,
  encodeItem,
  planTopics,
  topicsOf,
  type Control,
  type TaskRecord,
  type WorkerHeartbeat,
} from '@millrace/protocol';
import { ControlSender } from '../control-sender.js';
import { LogItems, type ItemsOfLog } from '../log-items.js';
import { DispatchTally } from '../metrics/dispatch-tally.js';
import { PartitionOwner } from '../partition-owner.js';
import type { OutgoingRecord } from '../ports.js';
import { WorkerLiveness } from '../worker-liveness.js';
import { InMemoryLog } from './in-memory-log.js';
import { InMemoryRecordReader } from './in-memory-record-reader.js';
import { ManualClock } from './manual-clock.js';
import { quietJournal } from './quiet-journal.js';

export const topics = topicsOf('t');

/** All topics of a small cluster, in memory: `logPartitions` of the log, four task partitions, queue `default`. */
export function logOfTopics(clock: ManualClock, logPartitions = 1): InMemoryLog {
  const plan = planTopics({ prefix: 't', logPartitions, taskPartitions: 4, queues: ['default'] });
  return new InMemoryLog(clock, Object.fromEntries(plan.map(({ topic, partitions }) => [topic, partitions])));
}

/** A frame as a record that its reader finds whole. */
export function frameRecord(by: string, seq: number, now: number, items: readonly Event[]): OutgoingRecord {
  const value = Buffer.from(encodeFrame(by, seq, now, items.map(encodeItem)));
  return { value, headers: { [crcHeader]: crcText(crc32(value)) } };
}

/** One partition's owner in the hands of a test: it reads the log only when told to. */
export class GivenOwner {
  readonly clock = new ManualClock();
  readonly log = logOfTopics(this.clock);
  readonly journal = quietJournal();
  readonly liveness = new WorkerLiveness(10_000);
  /** What reading back of the log fails with. */
  itemsFault: Error | undefined;
  #seq = 0;
  #owners = 0;

  /** An owner that has recovered nothing yet; each has an incarnation and a nonce of its own. */
  owner(): PartitionOwner {
    const { log: writer, clock, journal, liveness } = this;
    const number = ++this.#owners;
    const control = new ControlSender(writer, topics.control, controlPartitions, journal);
    const nonce = () => number.toString(16).padStart(32, '0');
    const reading = new LogItems(new InMemoryRecordReader(this.log), topics.log);
    const items: ItemsOfLog = {
      read: (...asked) => (this.itemsFault === undefined ? reading.read(...asked) : Promise.reject(this.itemsFault)),
    };
    const shared = { topics, writer, control, liveness, clock, journal, nonce, items, tally: new DispatchTally() };
    const owner = new PartitionOwner({ ...shared, partition: 0, by: `dispatcher-${number}` });
    owner.recoverTo(log(this).end);
    return owner;
  }

  /** Appends a frame of somebody else. */
  async written(...items: readonly Event[]): Promise<void> {
    await this.log.append(topics.log, 0, [frameRecord('somebody', ++this.#seq, this.clock.now(), items)]);
  }

  /** The partition is born. */
  async begun(): Promise<this> {
    await this.written(born({ partitions: 1 }));
    return this;
  }

  /** Gives the owner everything that it has not folded, as one fetch would. */
  async read(owner: PartitionOwner): Promise<void> {
    const { end } = log(this);
    const records = log(this).from(owner.position);
    if (records.length > 0) owner.take({ topic: topics.log, partition: 0, records, endOffset: end });
    await this.clock.run(1);
  }

  /** Lets time pass for an owner that reads and decides meanwhile. */
  async pass(owner: PartitionOwner, forMs: number, stepMs = 100): Promise<void> {
    for (let passedMs = 0; passedMs < forMs; passedMs += stepMs) {
      await this.clock.run(stepMs, stepMs);
      await this.read(owner);
      owner.decide();
    }
    await this.clock.run(1);
  }

  /** A worker is heard, by an owner too where one is given. */
  hears(heartbeat: Partial<WorkerHeartbeat>, owner?: PartitionOwner): void {
    const at = this.clock.now();
    const { worker: id, queues, handlers } = workerSeen();
    const whole: WorkerHeartbeat = {
      ...{ v: 1, kind: 'worker', id, at, slots: 10, busy: 0, handlers, queues, credits: [10], deliveries: [] },
      ...heartbeat,
    };
    this.liveness.passed(at);
    this.liveness.heard(whole);
    this.liveness.reached(true);
    owner?.answer(whole);
  }

  /** Task records published so far, in order of topics and partitions. */
  get published(): (TaskRecord & { readonly at: number })[] {
    return publishedTo(this.log);
  }

  get told(): Control[] {
    return Array.from({ length: controlPartitions }, (_, partition) =>
      this.log.texts(topics.control, partition).map((text) => JSON.parse(text) as Control),
    ).flat();
  }
}

/** Every task record of queue `default` with its append time. */
export function publishedTo(log: InMemoryLog): (TaskRecord & { readonly at: number })[] {
  const bands = ['critical', 'high', 'normal', 'low', 'background'] as const;
  return bands.flatMap((band) =>
    [0, 1, 2, 3].flatMap((partition) =>
      log
        .partition(topics.tasks('default', band), partition)
        .records.map(({ at, value }) => ({ ...(JSON.parse(Buffer.from(value!).toString()) as TaskRecord), at })),
    ),
  );
}

function log({ log }: GivenOwner) {
  return log.partition(topics.log, 0);
}
