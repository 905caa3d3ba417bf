import {
  LogUnavailable,
  RecordTooLarge,
  TopicMissing,
  type Appended,
  type Clock,
  type OutgoingRecord,
  type RecordReader,
  type RecordTrimmer,
  type RecordWriter,
} from '../ports.js';
import { InMemoryPartition } from './in-memory-partition.js';
import { InMemoryRecordReader } from './in-memory-record-reader.js';

/**
 * What becomes of an append: `acknowledged`; `unacknowledged` (in the log, but the writer gets `LogUnavailable`); `lost`
 * (not in the log, `LogUnavailable`).
 */
export type AppendFate = 'acknowledged' | 'unacknowledged' | 'lost';

const batchBytesMax = 1024 * 1024;

/**
 * Topics in memory, shared by the readers and writers of a test. Append times come from the clock. Appends take effect when
 * called and answer on a later microtask.
 */
export class InMemoryLog implements RecordWriter, RecordTrimmer {
  private readonly topics = new Map<string, InMemoryPartition[]>();
  private readonly fates: { fate: AppendFate; topic: string | undefined }[] = [];
  private held: Promise<void> | undefined;
  /** While true, every call fails with `LogUnavailable` and long polls that are under way fail too. */
  private down = false;
  private readonly onDown = new Set<() => void>();

  /** `topics` gives partition counts by topic. */
  constructor(
    readonly clock: Clock,
    topics: Readonly<Record<string, number>> = {},
  ) {
    for (const [topic, partitions] of Object.entries(topics)) this.create(topic, partitions);
  }

  create(topic: string, partitions: number): void {
    this.topics.set(
      topic,
      Array.from({ length: partitions }, (_, partition) => new InMemoryPartition(topic, partition)),
    );
  }

  /** A reader of its own, as each loop has. */
  reader(): RecordReader {
    return new InMemoryRecordReader(this);
  }

  /** Throws `TopicMissing` when the topic has no such partition, `LogUnavailable` while the log is down. */
  partition(topic: string, partition: number): InMemoryPartition {
    this.assertUp();
    const found = this.topics.get(topic)?.[partition];
    if (found === undefined) throw new TopicMissing(topic);
    return found;
  }

  /** Values of a partition as text, for assertions. */
  texts(topic: string, partition: number): string[] {
    return this.partition(topic, partition).records.map(({ value }) => new TextDecoder().decode(value));
  }

  /** What becomes of the next appends, in order; to `topic` alone where one is given. Later ones are acknowledged. */
  nextAppends(fates: readonly AppendFate[], topic?: string): void {
    for (const fate of fates) this.fates.push({ fate, topic });
  }

  /** Answers of appends wait from now on until the returned function is called; what is appended is in the log at once. */
  holdAnswers(): () => void {
    let release = (): void => undefined;
    this.held = new Promise<void>((resolve) => {
      release = () => {
        this.held = undefined;
        resolve();
      };
    });
    return release;
  }

  stop(): void {
    this.down = true;
    for (const listener of [...this.onDown]) listener();
  }

  restart(): void {
    this.down = false;
  }

  /** Calls when the log goes down, until the returned function is called. */
  whenDown(listener: () => void): () => void {
    this.onDown.add(listener);
    return () => void this.onDown.delete(listener);
  }

  async append(topic: string, partition: number, records: readonly OutgoingRecord[]): Promise<Appended> {
    const target = this.partition(topic, partition);
    const bytes = records.reduce((sum, { value }) => sum + value.byteLength, 0);
    if (bytes > batchBytesMax) {
      throw new RecordTooLarge(`Expected at most ${batchBytesMax} bytes in one append, but found ${bytes}.`);
    }
    const fate = this.takeFate(topic);
    const at = this.clock.now();
    const offset = fate === 'lost' ? target.end : target.append(at, records);
    await this.held;
    if (fate !== 'acknowledged') throw new LogUnavailable('Expected an acknowledgement, but none came.');
    return { offset, at };
  }

  async appendAll(
    batches: readonly { topic: string; partition: number; records: readonly OutgoingRecord[] }[],
  ): Promise<void> {
    const results = await Promise.allSettled(batches.map((each) => this.appendSplit(each)));
    for (const result of results) if (result.status === 'rejected') throw result.reason;
  }

  /** As many appends as it takes, so that none is over the limit. */
  private async appendSplit({ topic, partition, records }: Parameters<RecordWriter['appendAll']>[0][0]): Promise<void> {
    let from = 0;
    let bytes = 0;
    const appends: Promise<Appended>[] = [];
    records.forEach(({ value }, index) => {
      if (index > from && bytes + value.byteLength > batchBytesMax) {
        appends.push(this.append(topic, partition, records.slice(from, index)));
        from = index;
        bytes = 0;
      }
      bytes += value.byteLength;
    });
    appends.push(this.append(topic, partition, records.slice(from)));
    await Promise.all(appends);
  }

  async deleteBelow(topic: string, partition: number, offset: number): Promise<void> {
    this.partition(topic, partition).trim(offset);
  }

  assertUp(): void {
    if (this.down) throw new LogUnavailable('Expected the log to answer, but it is down.');
  }

  private takeFate(topic: string): AppendFate {
    const index = this.fates.findIndex((next) => next.topic === undefined || next.topic === topic);
    return index < 0 ? 'acknowledged' : (this.fates.splice(index, 1)[0]?.fate ?? 'acknowledged');
  }
}
