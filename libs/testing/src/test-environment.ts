import { createClient, MillraceError, resultOf, type MillraceClient } from '@millrace/client';
import type { SubmitRun, SubmitTask } from '@millrace/protocol';
import { durationMs, type Duration } from './durations.js';
import { Door } from './door/door.js';
import { Submission } from './door/submission.js';
import { WorkflowBook } from './door/workflow-book.js';
import type { Faults } from './faults.js';
import { nothingLeft } from './nothing-left.js';
import type { System } from './system.js';
import { TestRun } from './test-run.js';

export type StartRun = Omit<SubmitRun, 'workflow'>;
export type StartTask = Omit<SubmitTask, 'handler'>;

/**
 * The engine in memory, in virtual time: no handler is called and no time passes unless the test lets it, by `advance`, `settle`, or by
 * waiting for a run. Everything in it is the real thing, but for the
 * log, the task topics and the rows, which are in memory.
 */
export class TestEnvironment {
  readonly #system: System;
  /**
   * For code under test that takes a client: real requests, answered out of memory. `waitForRun` and `waitForResult` let time pass; what needs the
   * services (`sql`, `workers`, ...) is refused with the code `route-unknown`.
   */
  readonly client: MillraceClient;

  /** `createTestEnvironment` makes one, of a `System`. */
  constructor(made: object) {
    const system = made as System;
    this.#system = system;
    const workflows = new WorkflowBook(system.world.queues);
    const { fetch } = new Door(system.world, workflows, new Submission(system.world, workflows));
    const client = createClient({ url: 'http://millrace.test', fetch, retriesMax: 0 });
    this.client = {
      ...client,
      waitForRun: (run, { timeoutMs } = {}) => this.#ended(run, timeoutMs),
      waitForResult: async (contract, run, { timeoutMs } = {}) => {
        const { tasks } = await this.#ended(typeof run === 'string' ? run : run.run, timeoutMs);
        return resultOf(contract, tasks[0]!);
      },
    };
  }

  /** What is broken on demand. */
  get faults(): Faults {
    return this.#system.faults;
  }

  /** The virtual time. */
  now(): Date {
    return new Date(this.#system.world.time.now());
  }

  /** Starts a registered workflow. */
  async startRun(workflow: string, options: StartRun = {}): Promise<TestRun> {
    return new TestRun((await this.client.submitRun({ workflow, ...options })).run, this.client);
  }

  /** Starts a single task. */
  async startTask(handler: string, options: StartTask = {}): Promise<TestRun> {
    return new TestRun((await this.client.submitTask({ handler, ...options })).run, this.client);
  }

  /**
   * Lets so much virtual time pass, with all that happens in it: `await env.advance('30d')`. While a handler works on something real
   * time stands still for it, up to the environment's `patienceMs`.
   */
  advance(duration: Duration): Promise<void> {
    return this.#system.timeline.advance(durationMs(duration));
  }

  /** Lets everything happen that happens at once: no time passes. */
  settle(): Promise<void> {
    return this.#system.timeline.advance(0);
  }

  /**
   * For handlers: takes so much virtual time, and rejects with the reason of `signal` where that aborts. Throws outside of a handler:
   * a test lets time pass with `advance`.
   */
  sleep(duration: Duration, options: { readonly signal?: AbortSignal } = {}): Promise<void> {
    return this.#system.sleep(durationMs(duration), options.signal);
  }

  /** Ends everything. Nothing has to be closed: what is forgotten is collected. */
  async close(): Promise<void> {
    this.#system.stop();
  }

  async #ended(run: string, timeoutMs = 60_000) {
    const { timeline, world } = this.#system;
    await this.client.getRun(run);
    const hasEnded = (): boolean => world.store.ofRun(run)!.run.status !== 'running';
    const over = (): Error =>
      Number.isFinite(timeoutMs) ? waitOver(run, timeoutMs) : nothingLeft(world.witness.state, run);
    await timeline.until(hasEnded, over, timeoutMs);
    return this.client.getRun(run);
  }
}

function waitOver(run: string, timeoutMs: number): MillraceError {
  const detail = `Expected run ${run} to end within ${timeoutMs} ms, but it is running.`;
  return new MillraceError({ code: 'wait-over', status: 0, detail });
}
