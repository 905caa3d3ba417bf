import { bandOfTopic } from '@millrace/protocol';
import {
  LogUnavailable,
  OffsetOutOfRange,
  type Fetched,
  type Journal,
  type RecordReader,
  type Rounds,
  type TaskSourceListener,
} from '@millrace/runtime';
import type { Assignment } from './group-protocol.js';
import { SettledOffsets, type GroupOffset, type SettledOffsetsOptions } from './settled-offsets.js';

/** A reader that also tells the next offsets of many partitions at once, in the order given. */
export interface TaskReader extends RecordReader {
  ends(partitions: readonly { topic: string; partition: number }[]): Promise<number[]>;
}

export interface TaskSessionOptions extends SettledOffsetsOptions {
  readonly assignment: Assignment;
  readonly reader: TaskReader;
  /** Committed offsets by `topic/partition`; absent where there is none. */
  readonly committed: () => Promise<ReadonlyMap<string, number>>;
  readonly journal: Journal;
  /** Of whichever session reads now. */
  readonly rounds: Rounds;
}
type TaskSessionListener = Pick<TaskSourceListener, 'joined' | 'records'>;

const pollMsMax = 500;
const pauseMs = 200;

/** Reads one assignment, from the committed offsets on, until it is over. */
export class TaskSession {
  private over = false;
  private hasJoined = false;
  private readonly positions = new Map<string, { topic: string; partition: number; offset: number }>();
  private readonly settled: SettledOffsets;
  private readonly reader: TaskReader;

  constructor(private readonly options: TaskSessionOptions) {
    this.settled = new SettledOffsets(options);
    this.reader = options.reader;
  }

  /** Was `joined` said? */
  get told(): boolean {
    return this.hasJoined;
  }

  /** Ignores a partition that is not of this assignment. */
  settle(topic: string, partition: number, nextOffset: number): void {
    if (this.positions.has(`${topic}/${partition}`)) this.settled.settle(topic, partition, nextOffset);
  }

  /** `queueOf` names the queue whose partitions a topic shows. */
  async run(queueOf: ReadonlyMap<string, string>, listener: TaskSessionListener): Promise<void> {
    const { assignment } = this.options;
    const ends = await this.persist(() => this.reader.ends([...this.partitions()]));
    const committed = await this.persist(this.options.committed);
    if (ends === undefined || committed === undefined) return;
    const endOf = new Map<string, number>();
    for (const [index, { topic, partition }] of [...this.partitions()].entries()) {
      const name = `${topic}/${partition}`;
      endOf.set(name, ends[index] ?? Infinity);
      const offset = committed.get(name) ?? 0;
      this.positions.set(name, { topic, partition, offset });
    }
    if (this.over) return;
    this.hasJoined = true;
    listener.joined({
      queues: Object.fromEntries([...queueOf].map(([topic, queue]) => [queue, assignment.get(topic) ?? []])),
      endOf: (topic, partition) => endOf.get(`${topic}/${partition}`) ?? Infinity,
    });
    while (!this.over) await this.persist(() => this.readOn(listener));
  }

  /** Nothing is handed over from now on. */
  end(): void {
    this.over = true;
    void this.reader.close();
  }

  /** Commits what was settled until now, and gives what the group did not take; what settles later is neither. */
  commitLast(): Promise<readonly GroupOffset[]> {
    return this.settled.end();
  }

  private async readOn(listener: TaskSessionListener): Promise<void> {
    const { rounds } = this.options;
    const fetched = await this.reader.fetch([...this.positions.values()], pollMsMax);
    if (this.over) return;
    rounds.ended();
    // How long the listener takes is its own business.
    rounds.rest();
    const taken: (Promise<void> | void)[] = [];
    for (const { topic, partition, records } of highestFirst(fetched)) {
      const last = records.at(-1);
      const position = this.positions.get(`${topic}/${partition}`);
      if (this.over || last === undefined || position === undefined) break;
      position.offset = last.offset + 1;
      taken.push(listener.records(topic, partition, records));
    }
    await Promise.all(taken);
    if (!this.over) rounds.begin();
  }

  /** Tries until it succeeds; undefined when the session is over. */
  private async persist<T>(attempt: () => Promise<T>): Promise<T | undefined> {
    while (!this.over) {
      try {
        return await attempt();
      } catch (error) {
        if (this.over) return undefined;
        this.options.rounds.ended(error);
        if (error instanceof OffsetOutOfRange) await this.beginAgain(error);
        else {
          if (!(error instanceof LogUnavailable))
            this.options.journal.error({ error }, 'Expected to read task topics, but failed.');
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
    this.options.journal.warn(
      { topic, partition, offset, start: bounds.start },
      'Task records are gone; reading from the start.',
    );
    position.offset = bounds.start;
  }

  private *partitions(): Generator<{ topic: string; partition: number }> {
    for (const [topic, partitions] of this.options.assignment)
      for (const partition of partitions) yield { topic, partition };
  }
}

/** What came together is handed over by band, so that the highest finds the free slots. */
function highestFirst(fetched: readonly Fetched[]): readonly Fetched[] {
  if (fetched.length < 2) return fetched;
  return [...fetched].sort((one, other) => bandOfTopic(other.topic) - bandOfTopic(one.topic));
}
