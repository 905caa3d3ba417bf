import type { WorkerId } from '@millrace/domain';
import type { StandardSchema, TaskContract } from '@millrace/protocol';
import { Rounds } from '@millrace/runtime';
import type { Connections } from './connections.js';
import { handlerArguments } from './handler-arguments.js';
import { HandlerTable, type Handler, type HandlerOptions } from './handler.js';
import { Incarnation } from './incarnation.js';
import { Slots } from './slots.js';
import { systemNonce } from './system-nonce.js';
import type { WorkerCounts } from './worker-counts.js';
import type { WorkerParts } from './worker-parts.js';
import { WorkerTally } from './worker-tally.js';

/** How a worker is, for health checks. */
export interface WorkerCondition {
  readonly state: 'new' | 'connecting' | 'joining' | 'working' | 'draining' | 'stopped';
  /** Undefined while it has none. */
  readonly id: WorkerId | undefined;
  /** Handlers that may run at the same time. */
  readonly slots: number;
  /** Slots in use. */
  readonly busy: number;
  readonly held: number;
  /** Why it is not working, where something failed last. */
  readonly error: string | undefined;
}

/** A loop of a worker, for who watches it. */
export interface WorkerLoop {
  readonly name: string;
}

const connectAgainMs = 1_000;
/** More lost incarnations that still run something are waited for before the next one begins. */
const retiringMax = 3;

/**
 * Serves handlers. Every process, and every incarnation within it, has an id of its own. Start, drain and stop are
 * idempotent and order-free; a stopped worker stays stopped.
 */
export class Worker {
  /** What it has done since it was made, over all its incarnations. */
  readonly counts: WorkerCounts;
  readonly #tally = new WorkerTally();
  readonly #parts: WorkerParts;
  readonly #handlers: HandlerTable;
  readonly #slots: Slots;
  #incarnation: Incarnation | undefined;
  #started: Promise<void> | undefined;
  #drains = false;
  #stopped = false;
  /** Lost ones that still run something. */
  readonly #retiring = new Set<Incarnation>();
  readonly #beginning: Rounds;
  #error: string | undefined;
  #endPause: () => void = () => undefined;

  /** `createWorker` makes one. `made`: what `workerOf` of `@millrace/worker/engine` is given. */
  constructor(made: object) {
    const parts = made as WorkerParts;
    this.#parts = parts;
    this.counts = this.#tally;
    this.#handlers = new HandlerTable(parts.threads);
    this.#slots = new Slots(parts.slots);
    this.#beginning = new Rounds('joining the cluster', parts.clock);
  }

  /**
   * Serves `name`, or the handler of a contract; the input has the type that the schema gives out, and what a handler of a contract returns
   * is what the contract says. The URL of a module in the place of a handler: its default
   * export, or the entry `name` of the table that it exports, runs in a thread. May be called while the worker runs. Throws
   * `HandlerRefused` for a bad or taken name, and for a module without threads.
   */
  handle<Parsed, Returned>(
    contract: TaskContract<unknown, Parsed, Returned>,
    handler: Handler<NoInfer<Parsed>, NoInfer<Returned>> | URL,
  ): this;
  handle<Parsed, Returned>(
    contract: TaskContract<unknown, Parsed, Returned>,
    options: Pick<HandlerOptions, 'claimFirst'>,
    handler: Handler<NoInfer<Parsed>, NoInfer<Returned>> | URL,
  ): this;
  handle<Input>(name: string, handler: Handler<Input> | URL): this;
  handle<Input>(name: string, schema: StandardSchema<Input>, handler: Handler<Input> | URL): this;
  handle<Input>(name: string, options: HandlerOptions<Input>, handler: Handler<Input> | URL): this;
  handle(named: string | TaskContract, ...rest: readonly unknown[]): this {
    const { name, options, handler } = handlerArguments(named, rest);
    this.#handlers.add(name, options, handler);
    this.#incarnation?.beat();
    return this;
  }

  get condition(): WorkerCondition {
    const all = [...this.#retiring, ...(this.#incarnation === undefined ? [] : [this.#incarnation])];
    const busy = all.reduce((sum, each) => sum + each.busy, 0);
    const held = all.reduce((sum, each) => sum + each.held, 0);
    const slots = this.#slots.count;
    return { state: this.#state(), slots, id: this.#incarnation?.id, busy, held, error: this.#error };
  }

  /** Of its loops that talk to Kafka: one that has something to do and ends no round while others do is stuck. */
  get rounds(): readonly WorkerLoop[] {
    const all = [...this.#retiring, ...(this.#incarnation === undefined ? [] : [this.#incarnation])];
    return [this.#beginning, ...all.flatMap(({ rounds }) => rounds)];
  }

  /** Resolves when the worker is a member of its groups or was stopped; tries for as long as the cluster is down. */
  start(): Promise<void> {
    return (this.#started ??= this.#begin());
  }

  /** Takes nothing new, finishes or hands back what it has, and resolves when it has nothing. */
  async drain(): Promise<void> {
    this.#drains = true;
    this.#endPause();
    await Promise.all([...this.#retiring, this.#incarnation].map((each) => each?.drain()));
  }

  /** Drains, leaves the groups, closes every connection. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.drain();
    await Promise.all([...this.#retiring, this.#incarnation].map((each) => each?.stop()));
    this.#parts.alone?.stop();
    await this.#parts.threads?.stop();
    await this.#started;
  }

  async #begin(): Promise<void> {
    const { journal, clock, nonce = systemNonce } = this.#parts;
    this.#beginning.begin();
    while (!this.#drains) {
      const id = `${this.#parts.name}-${nonce().slice(0, 16)}`;
      try {
        await this.#incarnate(id);
        this.#error = undefined;
        this.#beginning.rest();
        return;
      } catch (error) {
        this.#beginning.ended(error);
        this.#error = error instanceof Error ? error.message : String(error);
        journal.warn({ worker: id, error }, 'The worker could not start; trying again.');
        await this.#incarnation?.stop().catch(() => undefined);
        this.#incarnation = undefined;
      }
      if (this.#drains) return;
      await new Promise<void>((resolve) => {
        this.#endPause = resolve;
        clock.after(connectAgainMs, resolve);
      });
    }
  }

  async #incarnate(id: WorkerId): Promise<void> {
    const { topics, creditsMax, inputBytesMax, drainMs, clock, journal, draw, nonce, alone, monotonicMs } = this.#parts;
    const connections: Connections = await this.#parts.connect(id);
    if (this.#drains) return connections.close();
    const [handlers, slots] = [this.#handlers, this.#slots];
    const options = {
      id,
      connections,
      topics,
      handlers,
      slots,
      creditsMax,
      inputBytesMax,
      drainMs,
      clock,
      journal,
      draw,
      nonce,
      alone,
      counts: this.#tally,
      monotonicMs,
      listedMax: this.#parts.listedMax,
      giveUpMs: this.#parts.giveUpMs,
    };
    const incarnation: Incarnation = new Incarnation({
      ...options,
      onLost: () => this.#replace(incarnation),
      onDrain: () => void this.drain(),
    });
    this.#incarnation = incarnation;
    await incarnation.start();
    journal.info({ worker: id, handlers: handlers.names() }, 'The worker serves its handlers.');
  }

  /** The lost incarnation ends what it runs for other partitions, while a new one takes what is new. */
  #replace(lost: Incarnation): void {
    if (this.#drains || this.#incarnation !== lost) return;
    this.#incarnation = undefined;
    this.#retiring.add(lost);
    const retired = lost.retire().catch((error: unknown) => {
      this.#parts.journal.warn({ worker: lost.id, error }, 'The lost incarnation did not end cleanly.');
    });
    void retired.then(() => this.#retiring.delete(lost));
    const before = this.#retiring.size > retiringMax ? retired : Promise.resolve();
    this.#started = before.then(() => this.#begin());
  }

  #state(): WorkerCondition['state'] {
    if (this.#stopped) return 'stopped';
    if (this.#drains) return 'draining';
    if (this.#started === undefined) return 'new';
    if (this.#incarnation === undefined) return 'connecting';
    return this.#incarnation.hasJoined ? 'working' : 'joining';
  }
}
