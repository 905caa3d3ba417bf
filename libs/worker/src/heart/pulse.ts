import { controlPartitionOf } from '@millrace/protocol';
import type { WorkerId } from '@millrace/domain';
import type { Clock, TaskAssignment } from '@millrace/runtime';
import { creditsByPartition } from '../credits.js';
import type { Floor } from '../floor.js';
import type { HandlerTable } from '../handler.js';
import type { RunTimes } from '../run-times.js';
import type { DeliveryBoard } from './delivery-board.js';
import type { Heart, WorkerFacts } from './heart.js';

export interface PulseOptions {
  readonly id: WorkerId;
  readonly slots: number;
  readonly creditsMax: number;
  readonly logPartitions: number;
  readonly heart: Heart;
  readonly board: DeliveryBoard;
  readonly handlers: HandlerTable;
  readonly floor: Floor;
  readonly runTimes: RunTimes;
  readonly queues: () => TaskAssignment['queues'];
  readonly clock: Clock;
  readonly monotonicMs: () => number;
}

/**
 * Keeps the heart told of what it says beside deliveries: at once where what the worker grants or holds has changed, and
 * where only the credits have moved a little with its next beat.
 */
export class Pulse {
  readonly #options: PulseOptions;
  readonly #turn: number;
  #granted = 0;
  #said = '';
  #isBeating = false;

  constructor(options: PulseOptions) {
    this.#options = options;
    this.#turn = controlPartitionOf(options.id, options.logPartitions);
  }

  /** Says how it is now and goes on saying so. */
  start(): void {
    this.#isBeating = true;
    this.beat();
  }

  /** Says how it is now. */
  beat(): void {
    if (this.#isBeating) this.#say(this.#facts(), 'at-once');
  }

  /** The event loop turns. Beats where the credits have doubled or halved since they were said last. */
  tick(): void {
    const { board, clock, monotonicMs } = this.#options;
    board.tick(clock.now(), monotonicMs());
    if (!this.#isBeating) return;
    const facts = this.#facts();
    const credits = sum(facts.credits);
    if (JSON.stringify(facts) === this.#said) return;
    const isFar = credits >= 2 * this.#granted || 2 * credits <= this.#granted;
    this.#say(facts, isFar ? 'at-once' : 'in-turn');
  }

  /** Says that the worker leaves, as the last heartbeat. Tolerates being called twice. */
  async leave(): Promise<void> {
    if (this.#isBeating) this.#say(this.#facts(), 'in-turn');
    this.#isBeating = false;
    await this.#options.heart.leave();
  }

  #say(facts: WorkerFacts, when: 'at-once' | 'in-turn'): void {
    this.#granted = sum(facts.credits);
    this.#said = JSON.stringify(facts);
    this.#options.heart.say(facts, when);
  }

  #facts(): WorkerFacts {
    const { slots, handlers, queues, floor } = this.#options;
    const { drains } = floor;
    return { slots, handlers: handlers.names(), queues: queues(), credits: this.#credits(), ...(drains && { drains }) };
  }

  #credits(): number[] {
    const { slots, logPartitions, creditsMax, runTimes, floor } = this.#options;
    if (floor.isClosed) return new Array<number>(logPartitions).fill(0);
    const medianMs = runTimes.medianMs();
    return creditsByPartition({ slots, logPartitions, creditsMax, medianMs, turn: this.#turn });
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
