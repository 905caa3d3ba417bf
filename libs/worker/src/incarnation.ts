import type { WorkerId } from '@millrace/domain';
import type { Control, Topics } from '@millrace/protocol';
import { LogWriter, type Clock, type Journal, type Rounds, type TaskAssignment } from '@millrace/runtime';
import type { AloneRuns } from './alone/alone-runs.js';
import { AttemptTable } from './attempt-table.js';
import { Claims } from './claims.js';
import type { Connections } from './connections.js';
import { ControlLoop } from './control-loop.js';
import { deliveriesMax } from './credits.js';
import { HandlerCalls } from './handler-calls.js';
import { Floor } from './floor.js';
import type { HandlerTable } from './handler.js';
import { Intake } from './intake.js';
import { processMonotonicMs } from './heart/monotonic.js';
import type { Heart } from './heart/heart.js';
import { Pulse } from './heart/pulse.js';
import { DeliveryBoard } from './heart/delivery-board.js';
import { Reports } from './reports.js';
import { SettledClock } from './settled-clock.js';
import type { Slots } from './slots.js';
import { RunTimes } from './run-times.js';
import type { WorkerTally } from './worker-tally.js';

export interface IncarnationOptions {
  readonly id: WorkerId;
  readonly connections: Connections;
  readonly topics: Topics;
  readonly handlers: HandlerTable;
  readonly slots: Slots;
  readonly creditsMax: number;
  readonly inputBytesMax: number;
  readonly drainMs: number;
  readonly alone?: AloneRuns | undefined;
  readonly counts: WorkerTally;
  readonly clock: Clock;
  readonly journal: Journal;
  readonly draw: () => number;
  readonly nonce?: (() => string) | undefined;
  readonly monotonicMs?: (() => number) | undefined;
  readonly listedMax?: number | undefined;
  readonly giveUpMs?: number | undefined;
  /** A partition has declared it lost: a new incarnation must take over what is new. */
  readonly onLost: () => void;
  /** An operator asks it to drain. */
  readonly onDrain: () => void;
}

const sweepMs = 250;
/** Attempts under suspicion at the same time: each has a process with all handlers loaded. */
const aloneMax = 4;
/** How long reports may take to be acknowledged after everything has ended. */
const flushMs = 5_000;

/** One incarnation of a worker: one id, one group membership, one writer of the log. Puts the parts together. */
export class Incarnation {
  readonly #options: IncarnationOptions;
  readonly #table: AttemptTable;
  readonly #log: LogWriter;
  readonly #heart: Heart;
  readonly #reports: Reports;
  readonly #floor: Floor;
  readonly #intake: Intake;
  readonly #pulse: Pulse;
  readonly #control: ControlLoop;
  #cancelSweep: () => void = () => undefined;
  readonly #cancelSlots: () => void;
  #draining: Promise<void> | undefined;
  #stopping: Promise<void> | undefined;

  constructor(options: IncarnationOptions) {
    this.#options = options;
    const { monotonicMs = processMonotonicMs } = options;
    const { id, connections, topics, handlers, journal, slots, counts } = options;
    const clock = new SettledClock(options.clock, monotonicMs);
    const { writer, source, logPartitions, controlPartitions: partitions } = connections;
    const board = new DeliveryBoard(options.listedMax);
    const table = (this.#table = new AttemptTable(board));
    board.tick(clock.now(), monotonicMs());
    const runTimes = new RunTimes();
    const { appends: tally } = counts;
    const { giveUpMs } = options;
    const writes = { writer, topic: topics.log, by: id, clock: options.clock, journal };
    this.#log = new LogWriter({ ...writes, tally, giveUpMs });
    const reports = (this.#reports = new Reports({ writer: this.#log, table, clock, journal, counts }));
    const onFreed = (): void => this.#floor.freed();
    const calls = new HandlerCalls({
      id,
      board,
      reports,
      alone: options.alone,
      results: { items: connections.items, clock },
      runTimes,
      clock,
      journal,
      draw: options.draw,
      onFreed,
    });
    const floor = (this.#floor = new Floor({
      id,
      slots,
      aloneMax: options.alone === undefined ? undefined : aloneMax,
      waitingMax: 2 * deliveriesMax,
      inputBytesMax: options.inputBytesMax,
      table,
      board,
      reports,
      claims: new Claims(id, reports, options.nonce),
      calls,
      counts,
      clock,
      heartbeatSentAt: () => source.lastHeartbeatSentAt(),
    }));
    this.#cancelSlots = slots.onFree(() => floor.fill());
    const onHolding = (): void => this.#pulse.beat();
    const intake = (this.#intake = new Intake({ source, handlers, table, floor, clock, journal, onHolding }));
    const { creditsMax } = options;
    const heart = (this.#heart = connections.openHeart({ id, board }));
    const queues = (): TaskAssignment['queues'] => intake.queues;
    const told = { id, slots: slots.count, creditsMax, logPartitions, handlers, floor, runTimes };
    this.#pulse = new Pulse({ ...told, heart, board, queues, clock, monotonicMs });
    const onControl = (control: Control): void => this.#obey(control);
    const reader = connections.control;
    this.#control = new ControlLoop({ id, reader, topic: topics.control, partitions, clock, journal, onControl });
  }

  get id(): WorkerId {
    return this.#options.id;
  }
  /** Slots in use. */
  get busy(): number {
    return this.#floor.busy;
  }
  /** Attempts in hand, the waiting and the reported ones included. */
  get held(): number {
    return this.#table.size;
  }
  /** Does it hold task partitions? */
  get hasJoined(): boolean {
    return Object.keys(this.#intake.queues).length > 0;
  }

  /** Of its loops that talk to Kafka. */
  get rounds(): Rounds[] {
    const { rounds = [] } = this.#options.connections.source;
    return [this.#control.rounds, this.#heart.rounds, ...rounds, ...this.#log.rounds];
  }

  /** Throws `LogUnavailable`, `TopicMissing`; then it must be stopped. */
  async start(): Promise<void> {
    await this.#control.start();
    this.#pulse.start();
    this.#sweepOn();
    await this.#options.connections.source.start(this.#intake);
  }

  /** Its handlers have changed. */
  beat(): void {
    this.#pulse.beat();
  }

  /**
   * Grants no credit, hands back what waits, lets what runs finish for `drainMs`, hands back the rest. Resolves when all
   * reports are acknowledged, or after 5 s more. Tolerates being called twice.
   */
  drain(): Promise<void> {
    return (this.#draining ??= this.#drainOnce());
  }

  /**
   * Leaves the group at once and takes nothing new; stops when all that runs has ended by itself. A `stop` meanwhile gives it
   * the time of a drain.
   */
  async retire(): Promise<void> {
    this.#floor.drain();
    this.#pulse.beat();
    await this.#step('The group was not left cleanly.', () => this.#options.connections.source.stop());
    await this.#table.empty();
    await this.stop();
  }

  /** Drains, leaves the group, says so. Tolerates being called twice. */
  stop(): Promise<void> {
    return (this.#stopping ??= this.#stopOnce());
  }

  async #drainOnce(): Promise<void> {
    this.#floor.drain();
    this.#pulse.beat();
    if (await this.#emptyWithin(this.#options.drainMs)) return;
    this.#floor.handBackRunning();
    if (await this.#emptyWithin(flushMs)) return;
    const { journal, id } = this.#options;
    journal.warn(
      { worker: id, held: this.#table.size },
      'Reports were not acknowledged in time; they will come again.',
    );
  }

  async #stopOnce(): Promise<void> {
    const { connections } = this.#options;
    await this.drain();
    this.#cancelSweep();
    this.#cancelSlots();
    this.#reports.flush();
    await this.#step('The group was not left cleanly.', () => connections.source.stop());
    await this.#log.stop(0);
    await this.#pulse.leave();
    await this.#step('The control reader did not close.', () => this.#control.stop());
    await this.#step('The writer did not close.', () => connections.close());
  }

  /** A stop goes on to its end. */
  async #step(message: string, step: () => Promise<void>): Promise<void> {
    try {
      await step();
    } catch (error) {
      this.#options.journal.warn({ worker: this.id, error }, message);
    }
  }

  #emptyWithin(ms: number): Promise<boolean> {
    return new Promise((resolve) => {
      const cancel = this.#options.clock.after(ms, () => resolve(false));
      void this.#table.empty().then(() => {
        cancel();
        resolve(true);
      });
    });
  }

  #sweepOn(): void {
    this.#cancelSweep = this.#options.clock.after(sweepMs, () => {
      this.#floor.sweep();
      this.#pulse.tick();
      this.#sweepOn();
    });
  }

  #obey(control: Control): void {
    const { journal, id } = this.#options;
    if (control.kind === 'verdict') {
      const { run, task, attempt, nonce, holds } = control;
      this.#floor.verdict(run, task, attempt, nonce, holds);
    } else if (control.kind === 'stop') {
      const { run, task, attempt, reason } = control;
      this.#floor.stop(run, task, attempt, String(reason));
    } else if (control.kind === 'drain') {
      journal.info({ worker: id }, 'Told to drain.');
      this.#options.onDrain();
    } else if (control.kind === 'lost') {
      journal.warn({ worker: id, partition: control.partition }, 'Declared lost; going on under a new id.');
      this.#options.counts.lost += 1;
      this.#floor.abandon(control.partition);
      this.#options.onLost();
    }
  }
}
