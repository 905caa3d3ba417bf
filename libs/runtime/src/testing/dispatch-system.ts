import { runIdOf, type Event, type Outcome, type PartitionState, type Rejection } from '@millrace/domain';
import { keyOf, DispatchTestWorker, type DispatchTestWorkerOptions, type Perform } from './dispatch-test-worker.js';
import { ensureBorn } from '../births.js';
import { DispatchLoop } from '../dispatch-loop.js';
import type { DispatchLoopOptions } from '../dispatch-loop-options.js';
import { LogItems } from '../log-items.js';
import { LogWriter } from '../log-writer.js';
import type { RecordReader, RecordWriter } from '../ports.js';
import { logOfTopics, publishedTo, topics } from './dispatch-given-owner.js';
import { foldWhole, framesOf } from './fold-whole-log.js';
import { InMemoryGroup, InMemoryOwnershipHint } from './in-memory-ownership-hint.js';
import type { InMemoryLog } from './in-memory-log.js';
import { ManualClock } from './manual-clock.js';
import { quietJournal } from './quiet-journal.js';

export const succeeded: Outcome = { kind: 'succeeded' };
/** Ends every attempt well after 10 ms. */
export const atOnce: Perform = () => ({ afterMs: 10, outcome: succeeded });

/** Dispatchers and workers on one log in memory; only the test moves time. */
export class DispatchSystem {
  readonly clock = new ManualClock();
  readonly journal = quietJournal();
  readonly log: InMemoryLog;
  readonly dispatchers: DispatchLoop[] = [];
  readonly workers: DispatchTestWorker[] = [];
  readonly committed = new Map<string, number>();
  /** What services append with; a test may put faults in its way. */
  writer: RecordWriter;
  /** What dispatchers read with. */
  reader: () => RecordReader;
  /** What dispatchers ask at take-overs. */
  soundness: DispatchLoopOptions['soundness'];
  #requests: LogWriter | undefined;
  #chance = 0;

  constructor(readonly logPartitions = 1) {
    this.log = logOfTopics(this.clock, logPartitions);
    this.writer = this.log;
    this.reader = () => this.log.reader();
  }

  async begun(): Promise<this> {
    const { log, clock, logPartitions: partitions } = this;
    const reader = log.reader();
    await ensureBorn({
      reader,
      writer: log,
      topic: topics.log,
      partitions,
      cluster: 'c',
      clock,
      nonce: () => this.nonce(),
    });
    return this;
  }

  nonce(): string {
    return (++this.#chance).toString(16).padStart(8, '0').padEnd(32, '0');
  }

  runId(partition = 0): string {
    return runIdOf(partition, this.nonce());
  }

  /** A dispatcher that is told to take `partitions`; all where none are given. */
  async dispatcher(
    partitions?: readonly number[],
    snapshots?: DispatchLoopOptions['snapshots'],
  ): Promise<{ loop: DispatchLoop; hint: InMemoryOwnershipHint }> {
    const { clock, journal, writer } = this;
    const hint = new InMemoryOwnershipHint(new InMemoryGroup(0));
    const by = `d${this.dispatchers.length + 1}`;
    const readers = {
      logReader: this.reader(),
      heartbeatReader: this.reader(),
      items: new LogItems(this.reader(), topics.log),
    };
    const loop = new DispatchLoop({
      ...{ topics, ...readers, writer, ownership: hint, clock, journal, by, nonce: () => this.nonce() },
      ...(snapshots !== undefined && { snapshots }),
      ...(this.soundness !== undefined && { soundness: this.soundness }),
    });
    this.dispatchers.push(loop);
    await loop.start();
    hint.assign(partitions ?? Array.from({ length: this.logPartitions }, (_, partition) => partition));
    return { loop, hint };
  }

  /** A worker that holds all four task partitions unless told otherwise. */
  worker(perform: Perform = atOnce, more: Partial<DispatchTestWorkerOptions> = {}): DispatchTestWorker {
    const { log, clock, logPartitions, committed, writer } = this;
    const id = `w${this.workers.length + 1}`;
    const given = { log, clock, id, holds: [0, 1, 2, 3], logPartitions, perform, committed, writer };
    const worker = new DispatchTestWorker({ ...given, ...more });
    this.workers.push(worker);
    return worker;
  }

  /** Appends to the partition's log as ingest does. */
  request(partition: number, ...events: readonly Event[]): void {
    const { clock, journal, writer } = this;
    this.#requests ??= new LogWriter({ writer, topic: topics.log, by: 'ingest', clock, journal });
    void this.#requests.append(partition, events);
  }

  pass(forMs: number, stepMs = 20): Promise<void> {
    return this.clock.run(forMs, stepMs);
  }

  /** Lets time pass until the fact holds; throws with the sentence after `deadlineMs` of the clock. */
  async until(sentence: string, fact: () => boolean, deadlineMs = 120_000): Promise<void> {
    for (let passedMs = 0; !fact(); passedMs += 20) {
      if (passedMs > deadlineMs)
        throw new Error(`Expected ${sentence} within ${deadlineMs} ms, but it did not happen.`);
      await this.pass(20);
    }
  }

  state(partition = 0): PartitionState {
    return foldWhole(this.log, topics.log, partition);
  }

  /** Runs that have not ended, by the log. */
  get open(): number {
    return this.#partitions.reduce((sum, partition) => sum + this.state(partition).runs.size, 0);
  }

  async ended(sentence = 'every run to end', deadlineMs?: number): Promise<void> {
    await this.pass(20);
    await this.until(sentence, () => this.open === 0, deadlineMs);
  }

  /** Attempts by their un-marked and their marked copies on the task topics. */
  get copies(): Map<string, { unmarked: number; again: number }> {
    const copies = new Map<string, { unmarked: number; again: number }>();
    for (const { again, tasks } of publishedTo(this.log)) {
      for (const delivery of tasks) {
        const found = copies.get(keyOf(delivery)) ?? { unmarked: 0, again: 0 };
        found[again === true ? 'again' : 'unmarked'] += 1;
        copies.set(keyOf(delivery), found);
      }
    }
    return copies;
  }

  events<Type extends Event['type']>(type: Type): Extract<Event, { type: Type }>[] {
    return this.#partitions.flatMap((partition) =>
      framesOf(this.log, topics.log, partition).flatMap(({ items }) =>
        items.filter((item): item is Extract<Event, { type: Type }> => item.type === type),
      ),
    );
  }

  /** What breaks the promises of design.md 4 and 13, from the log and the task topics alone; empty where all is well. */
  violations(): string[] {
    const found: string[] = [];
    const accepted = new Map<string, number>();
    for (const partition of this.#partitions) {
      const rejections: Rejection[] = [];
      const last = new Map<string, number>();
      const sink = {
        runBorn: () => {},
        bandChanged: () => {},
        runEnded: () => {},
        runPaused: () => {},
        checkpointSaved: () => {},
        tasksBorn: () => {},
        workflowPinned: () => {},
        accepted: () => {},
        quarantined: () => {},
        rejected: (_item: unknown, _entry: number, reason: Rejection) => void rejections.push(reason),
      };
      foldWhole(this.log, topics.log, partition, {
        ...sink,
        taskMoved: (run, task, _from, to, { attempt, at }) => {
          if (to !== 'dispatched') return;
          const name = `${run.id}/${task}`;
          if (attempt !== (last.get(name) ?? 0) + 1) found.push(`attempt ${attempt} of ${name} is not the next one`);
          last.set(name, attempt);
          if (accepted.has(`${name}/${attempt}`)) found.push(`${name}/${attempt} was dispatched twice`);
          accepted.set(`${name}/${attempt}`, at);
        },
      });
    }
    for (const [key, { unmarked }] of this.copies) {
      if (unmarked > 1) found.push(`${key} was published un-marked ${unmarked} times`);
      if (!accepted.has(key)) found.push(`${key} was published and never accepted`);
    }
    for (const { again, at, decidedAt, tasks } of publishedTo(this.log)) {
      for (const delivery of tasks) {
        const dispatchedAt = accepted.get(keyOf(delivery)) ?? decidedAt;
        if (again === true && at < dispatchedAt + 2_000) found.push(`${keyOf(delivery)} was sent again within 2 s`);
      }
    }
    const unclaimed = new Set<string>();
    for (const { key, claimed } of this.workers.flatMap(({ begun }) => begun)) {
      if (!claimed && unclaimed.has(key)) found.push(`${key} began unclaimed twice`);
      if (!claimed) unclaimed.add(key);
    }
    return found;
  }

  get #partitions(): number[] {
    return Array.from({ length: this.logPartitions }, (_, partition) => partition);
  }
}
