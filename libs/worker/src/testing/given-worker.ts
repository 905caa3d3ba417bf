import type { BandName, Event, Item } from '@millrace/domain';
import { runIdOf } from '@millrace/domain';
import {
  controlPartitionOf,
  decodeFrame,
  topicsOf,
  type Control,
  type Delivery,
  type TaskRecord,
  type WorkerHeartbeat,
} from '@millrace/protocol';
import { LogItems } from '@millrace/runtime';
import { InMemoryLog, ManualClock, quietJournal } from '@millrace/runtime/testing';
import { HandFedTaskSource } from './hand-fed-task-source.js';
import { BoardView } from '../heart/board-view.js';
import { BoardHeart } from '../heart/heart.js';
import { workerOf } from '../engine.js';
import type { Worker } from '../worker.js';
import type { WorkerParts } from '../worker-parts.js';

export const topics = topicsOf('t');
export const taskTopic = topics.tasks('default', 'normal');
const logPartitions = 2;
const controlPartitions = 3;

/** A control message without what the test worker fills in. */
type Said = Control extends infer Kind ? (Kind extends Control ? Omit<Kind, 'v' | 'to'> : never) : never;

/** A worker on an in-memory log, a hand-fed group and a clock that the test moves. */
export class TestWorker {
  readonly clock = new ManualClock();
  readonly log = new InMemoryLog(this.clock, {
    [topics.log]: logPartitions,
    [topics.control]: controlPartitions,
    [topics.workers]: 1,
  });
  readonly journal = quietJournal();
  /** One per incarnation. */
  readonly sources: HandFedTaskSource[] = [];
  readonly worker: Worker;
  #offset = 0;

  constructor(parts: Partial<WorkerParts> = {}) {
    this.worker = workerOf({
      name: 'w',
      connect: async () => {
        const source = new HandFedTaskSource(this.clock.now());
        this.sources.push(source);
        return {
          ...{ logPartitions, controlPartitions, source, control: this.log.reader(), writer: this.log },
          items: new LogItems(this.log.reader(), topics.log),
          openHeart: ({ id, board: { memory } }) =>
            new BoardHeart({
              ...{ id, topic: topics.workers, board: new BoardView(memory), writer: this.log, clock: this.clock },
              monotonicMs: () => this.clock.uptimeMs(),
              warn: () => undefined,
            }),
          close: async () => undefined,
        };
      },
      topics,
      slots: 10,
      creditsMax: 64,
      inputBytesMax: 67_108_864,
      drainMs: 30_000,
      clock: this.clock,
      journal: this.journal,
      draw: () => 7,
      monotonicMs: () => this.clock.uptimeMs(),
      ...parts,
    });
  }

  get id(): string {
    return this.worker.condition.id ?? '';
  }
  get source(): HandFedTaskSource {
    return this.sources.at(-1)!;
  }

  async join(ends: Readonly<Record<string, number>> = {}): Promise<this> {
    await this.worker.start();
    this.source.join({ default: [3] }, ends);
    await settled();
    return this;
  }

  /** Moves time with a living group session, unless `silent`. */
  async pass(ms: number, session: 'alive' | 'silent' = 'alive'): Promise<void> {
    for (let passedMs = 0; passedMs < ms; passedMs += 250) {
      this.clock.advance(Math.min(250, ms - passedMs));
      if (session === 'alive') this.source.heartbeatSentAt = this.clock.uptimeMs();
      await settled();
    }
  }

  /** Feeds one task record to task partition 3 of the band (default normal), and gives its offset. */
  deliver(
    tasks: readonly Delivery[],
    record: Partial<TaskRecord & { offset: number; at: number; band: BandName }> = {},
  ): number {
    const { offset = this.#offset, at = this.clock.now(), band = 'normal', ...rest } = record;
    this.#offset = Math.max(this.#offset, offset + 1);
    const value: TaskRecord = { v: 1, epoch: 1, decidedAt: this.clock.now(), tasks, ...rest };
    this.feedBytes(JSON.stringify(value), offset, at, undefined, topics.tasks('default', band));
    return offset;
  }

  feedBytes(text: string, offset = this.#offset++, at = this.clock.now(), crc?: number, topic = taskTopic): void {
    this.source.feed(topic, 3, { offset, at, value: new TextEncoder().encode(text), crc, leaderEpoch: 0 });
  }

  /** Next offset settled in task partition 3; 0 where nothing was. */
  get settledTo(): number {
    return this.settledIn('normal');
  }

  settledIn(band: BandName): number {
    return this.source.settled.get(`${topics.tasks('default', band)}/3`) ?? 0;
  }

  async tell(said: Said): Promise<void> {
    const value = new TextEncoder().encode(JSON.stringify({ v: 1, to: this.id, ...said }));
    await this.log.append(topics.control, controlPartitionOf(this.id, controlPartitions), [{ value }]);
    await settled();
  }

  /** Answers the claim of an attempt that the log holds. */
  async verdict({ run, task, attempt }: Delivery, holds: boolean): Promise<void> {
    const claim = this.starts(run).find(({ nonce }) => nonce !== undefined);
    await this.tell({ kind: 'verdict', run, task, attempt, nonce: claim?.nonce ?? '', holds });
  }

  /** Everything the worker said in the log, by partition, in order. */
  get said(): Item[] {
    return Array.from({ length: logPartitions }, (_, partition) =>
      this.log.partition(topics.log, partition).records.flatMap((record) => decodeFrame(record.value, 1).items),
    ).flat();
  }

  of<Type extends Event['type']>(type: Type): Extract<Event, { type: Type }>[] {
    return this.said.filter((item): item is Extract<Event, { type: Type }> => item.type === type);
  }

  starts(run: string) {
    return this.of('TaskStarted').filter((event) => event.run === run);
  }

  get heartbeats(): WorkerHeartbeat[] {
    return this.log.texts(topics.workers, 0).map((text) => JSON.parse(text) as WorkerHeartbeat);
  }
  get heartbeat(): WorkerHeartbeat {
    return this.heartbeats.at(-1)!;
  }
}

let runs = 0;
/** A delivery of a new run of log partition 0 or 1. */
export function delivery(handler: string, more: Partial<Delivery> & { partition?: number } = {}): Delivery {
  const { partition = 0, ...rest } = more;
  const run = runIdOf(partition, (++runs).toString(16).padStart(32, '0'));
  return { run, task: 0, id: 'task', attempt: 1, handler, startToCloseMs: 300_000, ...rest };
}

/** A handler whose ends the test decides, one by one. */
export function heldHandler() {
  const calls: { end(value?: unknown): void; fail(error: unknown): void; signal: AbortSignal }[] = [];
  const handler = (_input: unknown, { signal }: { signal: AbortSignal }) =>
    new Promise((end, fail) => calls.push({ end, fail, signal }));
  return { calls, handler };
}

/** Every promise that is ready has run, and what it set off. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 4; turn++) await new Promise<void>((resolve) => setImmediate(resolve));
}
