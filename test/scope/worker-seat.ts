import { bandNamesHighestFirst, controlPartitions } from '@millrace/protocol';
import { LogItems, type RecordWriter } from '@millrace/runtime';
import type { InMemoryPartition } from '@millrace/runtime/testing';
import { BoardHeart, BoardView, workerOf } from '@millrace/worker/engine';
import { HandFedTaskSource } from '@millrace/worker/testing';
import { keyOf, type Attempts } from '../sim/oracles/attempts.ts';
import type { Deliveries } from '../sim/oracles/deliveries.ts';
import { logPartitions, taskPartitions, topics, type Brokers } from '../sim/world/brokers.ts';
import type { SimProcess } from '../sim/world/sim-process.ts';

export interface WorkerSeatParts {
  readonly brokers: Brokers;
  readonly writer: RecordWriter;
  readonly attempts: Attempts;
  readonly deliveries: Deliveries;
  readonly committed: Map<string, number>;
}

const taskTopics = bandNamesHighestFirst.map((band) => topics.tasks('default', band));
const all = Array.from({ length: taskPartitions }, (_, partition) => partition);
const nameOf = ({ topic, partition }: InMemoryPartition): string => `${topic}/${partition}`;

interface Running {
  readonly succeed: () => void;
  readonly fail: () => void;
}

/** The real worker in a process of its own: its handlers end when it is said. */
export class WorkerSeat {
  readonly process: SimProcess;
  /** What its handlers execute, by attempt. */
  readonly running = new Map<string, Running>();
  readonly #attempts: Attempts;
  readonly #deliveries: Deliveries;
  /** Since the last join, by `topic/partition`: its end then, and the highest offset handed over. */
  readonly #handed = new Map<string, { endAtJoin: number; takenMax: number }>();
  readonly #brokers: Brokers;
  /** Each with whether it is a member yet. */
  readonly #sources: { readonly source: HandFedTaskSource; hasJoined: boolean }[] = [];
  /** The group's next offsets, whoever settled them, by `topic/partition`. */
  readonly #committed: Map<string, number>;
  readonly #ids: string[] = [];

  constructor(process: SimProcess, { brokers, writer, attempts, deliveries, committed }: WorkerSeatParts) {
    this.process = process;
    this.#attempts = attempts;
    this.#deliveries = deliveries;
    this.#brokers = brokers;
    this.#committed = committed;
    const { clock, journal, name } = process;
    const monotonicMs = (): number => clock.uptimeMs();
    let nonces = 0;
    const worker = workerOf({
      ...{
        name,
        topics,
        clock,
        journal,
        monotonicMs,
        slots: 4,
        creditsMax: 4,
        inputBytesMax: 1_000_000,
        drainMs: 5_000,
        draw: () => 0,
      },
      nonce: () => Buffer.from(`${name}.${++nonces}`).toString('hex').padEnd(32, '0'),
      connect: async (id) => {
        const source = new HandFedTaskSource(clock.uptimeMs());
        this.#sources.push({ source, hasJoined: false });
        this.#ids.push(id);
        return {
          ...{ logPartitions, controlPartitions, source, writer, control: brokers.log.reader() },
          items: new LogItems(brokers.log.reader(), topics.log),
          openHeart: ({ board: { memory } }) =>
            new BoardHeart({
              ...{ id, topic: topics.workers, board: new BoardView(memory), writer, clock, monotonicMs },
              warn: () => undefined,
            }),
          close: async () => undefined,
        };
      },
    });
    for (const handler of ['work', 'careful'])
      worker.handle(handler, { claimFirst: handler === 'careful' }, (_input, context) =>
        this.#execute(handler, context),
      );
    void worker.start();
  }

  /** Whatever incarnation began and is no member of its group yet becomes one, alone, and reads on where the group stands. Gives whether one did. */
  join(): boolean {
    let joins = false;
    for (const each of this.#sources) {
      if (each.hasJoined || !each.source.started) continue;
      each.hasJoined = joins = true;
      const held = taskTopics.flatMap((topic) => all.map((partition) => this.#brokers.log.partition(topic, partition)));
      each.source.join({ default: all }, Object.fromEntries(held.map((log) => [nameOf(log), log.end])));
      for (const log of held) this.#handed.set(nameOf(log), { endAtJoin: log.end, takenMax: -1 });
      for (const log of held) this.feed(log, this.#committed.get(nameOf(log)) ?? 0);
    }
    return joins;
  }

  /** Hands over what lies in a task partition from `offset` on. */
  feed(log: InMemoryPartition, offset: number): void {
    const last = this.#sources.at(-1);
    const records = log.from(offset);
    const handed = this.#handed.get(nameOf(log));
    if (last?.hasJoined !== true || records.length === 0 || handed === undefined) return;
    this.#deliveries.given(this.process, records, handed.endAtJoin, handed.takenMax);
    handed.takenMax = Math.max(handed.takenMax, records.at(-1)!.offset);
    last.source.feed(log.topic, log.partition, ...records);
  }

  /** The group takes what was settled. */
  commit(): void {
    for (const { source } of this.#sources)
      for (const [name, next] of source.settled)
        this.#committed.set(name, Math.max(next, this.#committed.get(name) ?? 0));
  }

  /** The group's coordinator has just heard it. */
  sessionHeard(): void {
    for (const { source } of this.#sources) source.heartbeatSentAt = this.process.clock.uptimeMs();
  }

  #execute(handler: string, { run, task, attempt }: { run: string; task: number; attempt: number }): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (!this.process.isAlive) return;
      const key = keyOf({ run, task, attempt });
      const beganMs = this.process.scheduler.nowMs;
      const beginning = this.#attempts.begin({
        run,
        task,
        attempt,
        handler,
        process: this.process,
        ids: this.#ids,
        beganMs,
      });
      this.running.set(key, {
        succeed: () => resolve(undefined),
        fail: () => {
          beginning.hasFailed = true;
          const failure = new Error('It failed.');
          failure.stack = '';
          reject(failure);
        },
      });
    });
  }
}
