import type { Check, Health } from '@millrace/nest-kit';
import type { ProjectionLoop } from '@millrace/runtime';
import type { ProjectorHeartbeat } from './projector-heartbeat.js';

export interface ProjectorParts {
  readonly loop: ProjectionLoop;
  readonly heartbeat: ProjectorHeartbeat;
  readonly health: Health;
  /** Closes the connections. */
  readonly close: readonly (() => Promise<void>)[];
}

/** The projection loop as a service: starts, says how it fares, stops. Start and stop are idempotent. */
export class Projector {
  readonly #parts: ProjectorParts;
  #unregister: () => void = () => {};

  constructor(parts: ProjectorParts) {
    this.#parts = parts;
  }

  async start(): Promise<void> {
    const { loop, heartbeat, health } = this.#parts;
    this.#unregister = health.register('projection', () => checkOf(loop));
    heartbeat.start();
    await loop.start();
  }

  async stop(): Promise<void> {
    this.#unregister();
    this.#parts.heartbeat.stop();
    await this.#parts.loop.stop();
    await Promise.all(this.#parts.close.map((close) => close()));
  }
}

const serverByState: Readonly<Record<string, string>> = { 'log-down': 'kafka', 'store-down': 'postgres' };

function checkOf(loop: ProjectionLoop): Check {
  const [fault] = loop.faults;
  if (fault !== undefined) return { ready: false, detail: fault.message };
  const { state, lag } = loop.status;
  const waitsFor = serverByState[state];
  const progress = Object.values(loop.positions).join(',');
  const detail = waitsFor === undefined ? `${lag} records behind` : `${waitsFor} does not answer`;
  const ready = state === 'running';
  return { ready, detail, progress, lags: lag > 0, ...(waitsFor !== undefined && { waitsFor }) };
}
