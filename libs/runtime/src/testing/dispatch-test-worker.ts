import type { Outcome, TaskFinished, TaskStarted } from '@millrace/domain';
import {
  bandNamesHighestFirst,
  controlPartitionOf,
  controlPartitions,
  type Control,
  type Delivery,
  type ListedDelivery,
  type TaskRecord,
  type WorkerHeartbeat,
} from '@millrace/protocol';
import { LogWriter } from '../log-writer.js';
import { LogUnavailable, type LogRecord, type RecordWriter } from '../ports.js';
import { every } from '../waits.js';
import { topics } from './dispatch-given-owner.js';
import type { InMemoryLog } from './in-memory-log.js';
import type { ManualClock } from './manual-clock.js';
import { quietJournal } from './quiet-journal.js';

/** What a handler does: end after a while, or never; a worker forgets what it is told to `forget`. */
export interface Performance {
  readonly afterMs: number;
  readonly outcome: Outcome;
}
export type Perform = (delivery: Delivery) => Performance | 'never' | 'forget' | 'return';

export interface DispatchTestWorkerOptions {
  readonly log: InMemoryLog;
  readonly clock: ManualClock;
  readonly id: string;
  /** Task partitions of queue `default` that it holds. */
  readonly holds: readonly number[];
  readonly logPartitions: number;
  readonly perform: Perform;
  readonly writer?: RecordWriter;
  /** Next offsets of the group by `topic/partition`, shared by whoever holds them one after the other. */
  readonly committed?: Map<string, number>;
  readonly handlers?: readonly string[];
  readonly credits?: number;
}

interface Held {
  readonly delivery: Delivery;
  readonly epoch: number;
  state: ListedDelivery['state'];
  nonce?: string;
  claimedAt?: number;
  startedAt?: number;
  logged?: boolean;
  performance?: Performance;
}

/** A handler began: how, and by whom. */
export interface Beginning {
  readonly key: string;
  readonly by: string;
  readonly claimed: boolean;
}

/**
 * The protocol of a worker (design.md 5), small: reads its task partitions, runs at once or claims first, logs a start after
 * 1 s, reports, heartbeats every 2 s, obeys verdicts and stops. Driven by the clock alone.
 */
export class DispatchTestWorker {
  readonly held = new Map<string, Held>();
  readonly begun: Beginning[] = [];
  /** What it was told, in order. */
  readonly told: Control[] = [];
  readonly #options: DispatchTestWorkerOptions;
  readonly #frames: LogWriter;
  readonly #positions = new Map<string, number>();
  readonly #joinedAt = new Map<string, number>();
  #controlAt: number;
  #beatAt = -Infinity;
  #nonces = 0;
  readonly #end: () => void;

  constructor(options: DispatchTestWorkerOptions) {
    this.#options = options;
    const { log, clock, id: by } = options;
    this.#frames = new LogWriter({
      writer: options.writer ?? log,
      topic: topics.log,
      by,
      clock,
      journal: quietJournal(),
    });
    this.#controlAt = log.partition(topics.control, this.#controlPartition).end;
    for (const topic of taskTopics) {
      for (const partition of options.holds) {
        const name = `${topic}/${partition}`;
        this.#positions.set(name, options.committed?.get(name) ?? 0);
        this.#joinedAt.set(name, log.partition(topic, partition).end);
      }
    }
    this.#end = every(clock, 20, () => this.#turnIfReached());
  }

  get id(): string {
    return this.#options.id;
  }

  /** Nothing more is read, run or sent, as after kill -9. */
  die(): void {
    this.#end();
    void this.#frames.stop(0);
  }

  #turnIfReached(): void {
    try {
      this.#turn();
    } catch (error) {
      if (!(error instanceof LogUnavailable)) throw error;
    }
  }

  #turn(): void {
    const now = this.#options.clock.now();
    this.#readControl();
    this.#readTasks();
    for (const [key, held] of this.held) this.#attend(key, held, now);
    if (now - this.#beatAt >= 2_000) this.#beat(now);
  }

  #readTasks(): void {
    const { log, holds, committed } = this.#options;
    for (const topic of taskTopics) {
      for (const partition of holds) {
        const name = `${topic}/${partition}`;
        for (const record of log.partition(topic, partition).from(this.#positions.get(name)!)) {
          this.#positions.set(name, record.offset + 1);
          this.#receive(record, record.offset >= this.#joinedAt.get(name)!);
          committed?.set(name, record.offset + 1);
        }
      }
    }
  }

  #receive(record: LogRecord, isFresh: boolean): void {
    const { epoch, decidedAt, again, tasks } = JSON.parse(Buffer.from(record.value!).toString()) as TaskRecord;
    for (const delivery of tasks) {
      const key = keyOf(delivery);
      if (this.held.has(key)) continue;
      const held: Held = { delivery, epoch, state: 'held' };
      const isSure = isFresh && again !== true && record.at <= decidedAt + 2_000 && delivery.claimFirst !== true;
      this.held.set(key, held);
      if (isSure) this.#begin(key, held);
      else this.#claim(held);
    }
  }

  #claim(held: Held): void {
    held.state = 'claiming';
    held.nonce ??= `${this.id}-${++this.#nonces}`;
    held.claimedAt = this.#options.clock.now();
    this.#say(held, { type: 'TaskStarted', nonce: held.nonce, startedAt: held.claimedAt });
  }

  #begin(key: string, held: Held): void {
    const { clock, perform } = this.#options;
    this.begun.push({ key, by: this.id, claimed: held.nonce !== undefined });
    held.state = 'running';
    held.startedAt = clock.now();
    const performance = perform(held.delivery);
    if (performance === 'forget') this.held.delete(key);
    else if (performance === 'return') {
      this.held.delete(key);
      const { run, task, attempt } = held.delivery;
      const nonce = held.nonce === undefined ? {} : { nonce: held.nonce };
      const reason = 'no-slot' as const;
      void this.#append(held, { type: 'TaskReturned', run, task, attempt, worker: this.id, ...nonce, reason });
    } else if (performance !== 'never') held.performance = performance;
  }

  #attend(key: string, held: Held, now: number): void {
    if (held.state === 'claiming' && now - held.claimedAt! >= 2_000) return this.#claim(held);
    if (held.state !== 'running') return;
    const startedAt = held.startedAt!;
    if (held.performance !== undefined && now - startedAt >= held.performance.afterMs) {
      held.state = 'ended';
      const { outcome } = held.performance;
      void this.#say(held, { type: 'TaskFinished', startedAt, finishedAt: now, outcome }).then(() => {
        if (this.held.get(key) === held) this.held.delete(key);
      });
    } else if (now - startedAt >= 1_000 && held.logged !== true && held.nonce === undefined) {
      held.logged = true;
      void this.#say(held, { type: 'TaskStarted', startedAt });
    }
  }

  #say(
    held: Held,
    said:
      | Pick<TaskStarted, 'type' | 'nonce' | 'startedAt'>
      | Pick<TaskFinished, 'type' | 'startedAt' | 'finishedAt' | 'outcome'>,
  ): Promise<unknown> {
    const { run, task, attempt } = held.delivery;
    const nonce = held.nonce === undefined ? {} : { nonce: held.nonce };
    return this.#append(held, { run, task, attempt, worker: this.id, ...nonce, ...said } as TaskStarted | TaskFinished);
  }

  #append({ delivery: { run } }: Held, event: Parameters<LogWriter['append']>[1][number]): Promise<unknown> {
    return this.#frames.append(Number.parseInt(run.slice(0, 4), 16), [event]).catch(() => undefined);
  }

  #readControl(): void {
    const { log } = this.#options;
    for (const { offset, value } of log.partition(topics.control, this.#controlPartition).from(this.#controlAt)) {
      this.#controlAt = offset + 1;
      const message = JSON.parse(Buffer.from(value!).toString()) as Control;
      if (message.to === this.id) this.#obey(message);
    }
  }

  #obey(message: Control): void {
    this.told.push(message);
    if (message.kind === 'lost') return this.held.clear();
    if (message.kind === 'drain') return;
    const key = keyOf(message);
    const held = this.held.get(key);
    if (held === undefined || held.state === 'ended') return;
    if (message.kind === 'stop') this.held.delete(key);
    else if (held.state === 'claiming' && held.nonce === message.nonce) {
      if (message.holds) this.#begin(key, held);
      else this.held.delete(key);
    }
  }

  #beat(now: number): void {
    const { log, writer = log, holds, logPartitions, handlers = ['work'], credits = 50 } = this.#options;
    this.#beatAt = now;
    const heartbeat: WorkerHeartbeat = {
      ...{ v: 1, kind: 'worker', id: this.id, at: now, slots: credits, busy: this.held.size },
      ...{ handlers, queues: { default: holds }, credits: Array.from({ length: logPartitions }, () => credits) },
      deliveries: [...this.held.values()].map(({ delivery: { run, task, attempt }, epoch, state, nonce }) => ({
        ...{ run, task, attempt, epoch, state },
        ...(nonce !== undefined && { nonce }),
      })),
    };
    writer.append(topics.workers, 0, [{ value: Buffer.from(JSON.stringify(heartbeat)) }]).catch(() => undefined);
  }

  get #controlPartition(): number {
    return controlPartitionOf(this.id, controlPartitions);
  }
}

const taskTopics = bandNamesHighestFirst.map((band) => topics.tasks('default', band));

/** Names one attempt of one task run. */
export function keyOf({ run, task, attempt }: { run: string; task: number; attempt: number }): string {
  return `${run}/${task}/${attempt}`;
}
