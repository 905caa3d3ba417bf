import { LogUnavailable, OffsetOutOfRange, type Journal, type TaskSourceListener } from '@millrace/runtime';
import type { GroupMembership } from './group-membership.js';
import type { Assignment } from './group-protocol.js';
import type { KafkaRecordReader } from './kafka-record-reader.js';

type TaskSessionListener = Pick<TaskSourceListener, 'joined' | 'records'>;

const pollMsMax = 500;
const pauseMs = 200;

/** Reads one assignment, from the committed offsets on, until it is over. */
export class TaskSession {
  private over = false;
  private readonly positions = new Map<string, { topic: string; partition: number; offset: number }>();

  constructor(
    readonly assignment: Assignment,
    private readonly reader: KafkaRecordReader,
    private readonly membership: GroupMembership,
    private readonly journal: Journal,
  ) {}

  holds(topic: string, partition: number): boolean {
    return this.assignment.get(topic)?.includes(partition) === true;
  }

  /** `queueOf` names the queue whose partitions a topic shows. */
  async run(queueOf: ReadonlyMap<string, string>, listener: TaskSessionListener): Promise<void> {
    const ends = await this.persist(() => this.reader.ends([...this.partitions()]));
    const committed = await this.persist(() => this.membership.committed(this.assignment));
    if (ends === undefined || committed === undefined) return;
    const endOf = new Map<string, number>();
    for (const [index, { topic, partition }] of [...this.partitions()].entries()) {
      const name = `${topic}/${partition}`;
      endOf.set(name, ends[index] ?? 0);
      const offset = committed.get(name) ?? 0;
      this.positions.set(name, { topic, partition, offset });
    }
    if (this.over) return;
    listener.joined({
      queues: Object.fromEntries([...queueOf].map(([topic, queue]) => [queue, this.assignment.get(topic) ?? []])),
      endOf: (topic, partition) => endOf.get(`${topic}/${partition}`) ?? 0,
    });
    while (!this.over) await this.persist(() => this.readOn(listener));
  }

  end(): void {
    this.over = true;
    void this.reader.close();
  }

  private async readOn(listener: TaskSessionListener): Promise<void> {
    const fetched = await this.reader.fetch([...this.positions.values()], pollMsMax);
    for (const { topic, partition, records } of fetched) {
      const last = records.at(-1);
      const position = this.positions.get(`${topic}/${partition}`);
      if (this.over || last === undefined || position === undefined) return;
      position.offset = last.offset + 1;
      listener.records(topic, partition, records);
    }
  }

  /** Tries until it succeeds; undefined when the session is over. */
  private async persist<T>(attempt: () => Promise<T>): Promise<T | undefined> {
    while (!this.over) {
      try {
        return await attempt();
      } catch (error) {
        if (this.over) return undefined;
        if (error instanceof OffsetOutOfRange) await this.beginAgain(error);
        else {
          if (!(error instanceof LogUnavailable))
            this.journal.error({ error }, 'Expected to read task topics, but failed.');
          await new Promise<void>((resolve) => setTimeout(resolve, pauseMs));
        }
      }
    }
    return undefined;
  }

  /** What was committed is not there any more: retention went past it, or the topic was made anew. */
  private async beginAgain({ topic, partition, offset }: OffsetOutOfRange): Promise<void> {
    const bounds = await this.reader.bounds(topic, partition).catch(() => undefined);
    const position = this.positions.get(`${topic}/${partition}`);
    if (bounds === undefined || position === undefined) return;
    this.journal.warn(
      { topic, partition, offset, start: bounds.start },
      'Task records are gone; reading from the start.',
    );
    position.offset = bounds.start;
  }

  private *partitions(): Generator<{ topic: string; partition: number }> {
    for (const [topic, partitions] of this.assignment) for (const partition of partitions) yield { topic, partition };
  }
}
