import { checkRounds, type Check, type Health } from '@millrace/nest-kit';
import type { Clock, Journal } from '@millrace/runtime';
import type { Worker } from '@millrace/worker';
import { roundsOf } from '@millrace/worker/engine';

/** Runs a worker within a service: starts it without holding the start up, tells health how it is, drains it at the end. */
export class WorkerHost {
  #unregister: readonly (() => void)[] = [];

  constructor(
    private readonly worker: Worker,
    private readonly health: Health,
    private readonly journal: Journal,
    private readonly clock: Clock,
  ) {}

  start(): void {
    this.#unregister = [
      this.health.register('worker', () => this.check()),
      this.health.register('loops', () => checkRounds(this.clock, roundsOf(this.worker))),
    ];
    this.worker.start().catch((error: unknown) => this.journal.error({ error }, 'The worker could not start.'));
  }

  /** Idempotent. */
  async stop(): Promise<void> {
    await this.worker.stop();
    for (const unregister of this.#unregister) unregister();
  }

  /** Ready while it is a member of its groups. A handler that runs long is no stall. */
  check(): Check {
    const { state, id, busy, held, error } = this.worker.condition;
    if (state === 'working') return { ready: true, detail: `${id} runs ${busy} and holds ${held} in all` };
    const waits = state === 'connecting' || state === 'joining';
    return { ready: false, detail: error ?? `the worker is ${state}`, ...(waits ? { waitsFor: 'kafka' } : {}) };
  }
}
