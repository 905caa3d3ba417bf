import type { WorkerId } from '@millrace/domain';
import { controlPartitionOf, type WorkerHeartbeat } from '@millrace/protocol';
import type { Clock, Journal, RecordWriter, TaskAssignment } from '@millrace/runtime';
import type { AttemptTable } from './attempt-table.js';
import { creditsByPartition, deliveriesMax } from './credits.js';
import type { Floor } from './floor.js';
import type { HandlerTable } from './handler.js';
import type { RunTimes } from './run-times.js';

export interface PulseOptions {
  readonly id: WorkerId;
  readonly slots: number;
  readonly creditsMax: number;
  readonly logPartitions: number;
  readonly topic: string;
  readonly writer: RecordWriter;
  readonly handlers: HandlerTable;
  readonly table: AttemptTable;
  readonly floor: Floor;
  readonly runTimes: RunTimes;
  readonly queues: () => TaskAssignment['queues'];
  readonly clock: Clock;
  readonly journal: Journal;
}

const beatMs = 2_000;

/**
 * The worker's heartbeat: every 2 s, and at once where what it grants or holds has changed. One is under way at a time; one
 * that fails is not repeated, the next one says everything anew.
 */
export class Pulse {
  readonly #options: PulseOptions;
  readonly #turn: number;
  #cancel: (() => void) | undefined;
  #beating: Promise<void> | undefined;
  #beatsAgain = false;
  #granted = 0;
  #stopped = false;

  constructor(options: PulseOptions) {
    this.#options = options;
    this.#turn = controlPartitionOf(options.id, options.logPartitions);
  }

  /** Says how it is now and goes on saying so. */
  start(): void {
    if (this.#stopped) return;
    this.#cancel?.();
    this.#cancel = this.#options.clock.after(beatMs, () => this.start());
    this.beat();
  }

  /** Says how it is now; while one heartbeat is under way, right after it. */
  beat(): void {
    if (this.#stopped) return;
    if (this.#beating !== undefined) {
      this.#beatsAgain = true;
      return;
    }
    this.#beating = this.#send(this.#heartbeat()).then(() => {
      this.#beating = undefined;
      if (!this.#beatsAgain) return;
      this.#beatsAgain = false;
      this.beat();
    });
  }

  /** Beats where the credits have doubled or halved since the last heartbeat. */
  beatOnCredits(): void {
    const credits = sum(this.#credits());
    if (credits >= 2 * this.#granted || 2 * credits <= this.#granted) this.beat();
  }

  /** Says that the worker leaves, as the last heartbeat. Tolerates being called twice. */
  async leave(): Promise<void> {
    if (this.#stopped) return;
    this.#stopped = true;
    this.#cancel?.();
    await this.#beating;
    await this.#send({ ...this.#heartbeat(), leaving: true });
  }

  #heartbeat(): WorkerHeartbeat {
    const { id, slots, floor, handlers, queues, table, clock } = this.#options;
    const now = clock.now();
    const credits = this.#credits();
    this.#granted = sum(credits);
    return {
      v: 1,
      kind: 'worker',
      id,
      at: now,
      slots,
      busy: floor.busy,
      handlers: handlers.names(),
      queues: queues(),
      credits,
      deliveries: table.listed(now, deliveriesMax),
    };
  }

  #credits(): number[] {
    const { slots, logPartitions, creditsMax, runTimes, floor } = this.#options;
    if (floor.drains) return new Array<number>(logPartitions).fill(0);
    const medianMs = runTimes.medianMs();
    return creditsByPartition({ slots, logPartitions, creditsMax, medianMs, turn: this.#turn });
  }

  async #send(heartbeat: WorkerHeartbeat): Promise<void> {
    const { writer, topic, journal, id } = this.#options;
    try {
      await writer.append(topic, 0, [{ key: id, value: Buffer.from(JSON.stringify(heartbeat)) }]);
    } catch (error) {
      journal.warn({ worker: id, error }, 'A heartbeat was not acknowledged.');
    }
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
