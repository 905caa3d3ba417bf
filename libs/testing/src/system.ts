import type { Journal } from '@millrace/runtime';
import type { HandlerEntry } from '@millrace/worker';
import { PlannedFaults } from './faults.js';
import { HandlerCalls } from './time/handler-calls.js';
import { Timeline } from './time/timeline.js';
import { VirtualClock } from './time/virtual-clock.js';
import { startDispatcher, type RunningDispatcher } from './world/start-dispatcher.js';
import { startWorker, type RunningWorker } from './world/start-worker.js';
import { World } from './world/world.js';

export interface SystemOptions {
  readonly startAtMs: number;
  readonly seed: number;
  readonly queues: readonly string[];
  readonly handlers: ReadonlyMap<string, HandlerEntry>;
  readonly workers: number;
  readonly slots: number;
  readonly patienceMs: number;
  readonly journal: Journal;
}

/** Everything starts within this, before the time that the test begins at. */
const startMs = 10_000;

/** The processes of an environment: a dispatcher and workers, started again where a test has ended them. */
export class System {
  readonly world: World;
  readonly timeline: Timeline;
  readonly faults = new PlannedFaults({
    loseWorker: (life) => this.#loseWorker(life),
    redeliver: () => this.world.workers.redeliver(),
    restartDispatcher: () => this.#restartDispatcher(),
  });
  readonly #options: SystemOptions;
  readonly #calls: HandlerCalls;
  #dispatcher: RunningDispatcher | undefined;
  readonly #workers: RunningWorker[] = [];
  #workersStarted = 0;

  constructor(options: SystemOptions) {
    const time = new VirtualClock(options.startAtMs - startMs);
    this.#options = options;
    this.#calls = new HandlerCalls(time, options.patienceMs);
    this.world = new World(time, this.#calls, options.journal, options.queues, options.seed);
    this.timeline = new Timeline(time, this.#calls, this.world);
  }

  /** Resolves when all is ready and the time has come. */
  async start(): Promise<void> {
    const { world, timeline } = this;
    await world.bear();
    this.#dispatcher = startDispatcher(world);
    for (let count = 0; count < this.#options.workers; count++) this.#startWorker();
    await timeline.advance(this.#options.startAtMs - world.time.now());
  }

  stop(): void {
    this.#dispatcher?.life.end();
    for (const { life } of this.#workers) life.end();
  }

  async sleep(ms: number, signal: AbortSignal | undefined): Promise<void> {
    const call = this.#calls.current;
    if (call === undefined)
      throw new Error('Expected sleep to be called by a handler, but it was not. A test calls advance.');
    signal?.throwIfAborted();
    const { time } = this.world;
    const wakes = call.sleeps();
    const over = this.world.due(time.now() + ms);
    try {
      await new Promise<void>((resolve, reject) => {
        const cancel = time.after(ms, resolve);
        signal?.addEventListener('abort', () => (cancel(), reject(signal.reason as Error)), { once: true });
        this.#calls.change();
      });
    } finally {
      over();
      wakes();
      this.#calls.change();
    }
  }

  #startWorker(): void {
    const { handlers, slots } = this.#options;
    const name = `worker-${++this.#workersStarted}`;
    this.#workers.push(
      startWorker(this.world, name, slots, handlers, (life, handlerName, handler) => {
        const broken = this.faults.breaking(life, handlerName, handler);
        return (input, context) => this.#calls.run(broken, life, input, context);
      }),
    );
  }

  #loseWorker(life = this.#workers[0]?.life): void {
    const index = this.#workers.findIndex((each) => each.life === life);
    if (life === undefined || index < 0) return;
    life.end();
    this.#workers.splice(index, 1);
    this.#calls.forget(life);
    this.world.workers.spread();
    this.#startWorker();
  }

  #restartDispatcher(): void {
    this.#dispatcher?.life.end();
    void this.#dispatcher?.membership.stop();
    this.#dispatcher = startDispatcher(this.world);
    this.world.time.stir();
  }
}
