import type { Check, Health, LogBirths, OwnHeartbeat } from '@millrace/nest-kit';
import type { ProjectionLoop } from '@millrace/runtime';

export interface ProjectorParts {
  readonly births: LogBirths;
  readonly loop: ProjectionLoop;
  readonly heartbeat: OwnHeartbeat;
  readonly health: Health;
  /** Closes the connections. */
  readonly close: readonly (() => Promise<void>)[];
}

/**
 * The projection loop as a service: starts once the log is known to be sound, says how it fares, stops. Start and stop are
 * idempotent.
 */
export class Projector {
  readonly #parts: ProjectorParts;
  #unregister: readonly (() => void)[] = [];
  #stopped = false;

  constructor(parts: ProjectorParts) {
    this.#parts = parts;
  }

  start(): void {
    const { births, loop, heartbeat, health } = this.#parts;
    if (this.#unregister.length > 0) return;
    this.#unregister = [
      health.register('log', () => births.check()),
      health.register('projection', () => checkOf(births, loop)),
    ];
    heartbeat.start();
    void births.start().then(() => this.#startLoop());
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    for (const unregister of this.#unregister) unregister();
    this.#parts.heartbeat.stop();
    await this.#parts.births.stop();
    await this.#parts.loop.stop();
    await Promise.all(this.#parts.close.map((close) => close()));
  }

  async #startLoop(): Promise<void> {
    const { births, loop } = this.#parts;
    if (births.isSound && !this.#stopped) await loop.start();
  }
}

const serverByState: Readonly<Record<string, string>> = { 'log-down': 'kafka', 'store-down': 'postgres' };

function checkOf(births: LogBirths, loop: ProjectionLoop): Check {
  if (!births.isSound) return { ready: false, detail: 'waits for the log' };
  const [fault] = loop.faults;
  if (fault !== undefined) return { ready: false, detail: fault.message };
  const { state, lag, progressAt: progress } = loop.status;
  const waitsFor = serverByState[state];
  const detail = waitsFor === undefined ? `${lag} records behind` : `${waitsFor} does not answer`;
  const ready = state === 'running';
  return { ready, detail, progress, lags: true, ...(waitsFor !== undefined && { waitsFor }) };
}
