import { createRequire } from 'node:module';
import { Worker as Thread } from 'node:worker_threads';
import type { WorkerId } from '@millrace/domain';
import { LogUnavailable, Rounds, type Clock, type Journal } from '@millrace/runtime';
import type { Heart, WorkerFacts } from './heart.js';

export interface ThreadHeartOptions {
  readonly id: WorkerId;
  readonly topic: string;
  readonly brokers: readonly string[];
  /** Of the `DeliveryBoard`. */
  readonly memory: SharedArrayBuffer;
  /** End the process where its main thread blocks and nobody waits for it any more. */
  readonly exitWhenHopeless: boolean;
  readonly clock: Clock;
  readonly journal: Journal;
}

/** What the thread is given at its start. */
export type HeartThreadData = Pick<ThreadHeartOptions, 'id' | 'topic' | 'brokers' | 'memory' | 'exitWhenHopeless'>;
/** What it is told. */
export type ToHeart = { readonly say: WorkerFacts; readonly when: 'at-once' | 'in-turn' } | { readonly leave: true };
/** What it tells. */
export type FromHeart =
  { readonly warn: string } | { readonly left: true } | { readonly round: 'acknowledged' | 'unanswered' };

/** A thread that died is started again after this long. */
const startAgainMs = 1_000;
/** The last heartbeat may take this long. */
const leaveMsMax = 5_000;
/** A heartbeat of 4,096 deliveries takes a few of these. */
const heapMbMax = 64;
/** By the package's name: what runs in a thread is always what was built. */
const threadFile = createRequire(import.meta.url).resolve('@millrace/worker/heart-thread');

/**
 * A heart that beats in a thread of its own, on a connection of its own: a handler that blocks the main thread cannot stop
 * it. Starts with the first thing said; a thread that dies is replaced. It keeps no process alive.
 */
export class ThreadHeart implements Heart {
  readonly #options: ThreadHeartOptions;
  readonly rounds: Rounds;
  #thread: Thread | undefined;
  #facts: WorkerFacts | undefined;
  #leaving: Promise<void> | undefined;
  #hasLeft: () => void = () => undefined;

  constructor(options: ThreadHeartOptions) {
    this.#options = options;
    this.rounds = new Rounds('heartbeats', options.clock);
  }

  say(facts: WorkerFacts, when: 'at-once' | 'in-turn'): void {
    this.#facts = facts;
    if (this.#leaving !== undefined) return;
    this.rounds.begin();
    if (this.#thread === undefined) this.#start();
    else this.#tell({ say: facts, when });
  }

  leave(): Promise<void> {
    return (this.#leaving ??= this.#leaveOnce());
  }

  async #leaveOnce(): Promise<void> {
    this.rounds.rest();
    if (this.#thread === undefined) return;
    const cancel = this.#options.clock.after(leaveMsMax, () => this.#hasLeft());
    await new Promise<void>((resolve) => {
      this.#hasLeft = resolve;
      this.#tell({ leave: true });
    });
    cancel();
    await this.#thread.terminate();
  }

  #tell(message: ToHeart): void {
    this.#thread?.postMessage(message);
  }

  #start(): void {
    const { id, topic, brokers, memory, exitWhenHopeless, journal } = this.#options;
    const workerData: HeartThreadData = { id, topic, brokers, memory, exitWhenHopeless };
    const resourceLimits = { maxOldGenerationSizeMb: heapMbMax };
    const thread = new Thread(threadFile, { workerData, resourceLimits, execArgv: [], name: 'millrace-heart' });
    this.#thread = thread;
    thread.unref();
    thread.on('message', (message: FromHeart) => {
      if ('left' in message) this.#hasLeft();
      else if ('round' in message) this.#roundEnded(message.round);
      else journal.warn({ worker: id, error: message.warn }, 'A heartbeat was not acknowledged.');
    });
    thread.on('error', (error) => journal.error({ worker: id, error }, 'The heartbeat thread died.'));
    thread.on('exit', () => this.#ended(thread));
    if (this.#facts !== undefined) this.#tell({ say: this.#facts, when: 'at-once' });
  }

  #ended(thread: Thread): void {
    if (this.#thread !== thread) return;
    this.#hasLeft();
    if (this.#leaving === undefined) this.#options.clock.after(startAgainMs, () => this.#startAgain());
  }

  #roundEnded(round: 'acknowledged' | 'unanswered'): void {
    this.rounds.ended(round === 'acknowledged' ? undefined : new LogUnavailable('Expected an acknowledgement.'));
  }

  #startAgain(): void {
    if (this.#leaving === undefined) this.#start();
  }
}
