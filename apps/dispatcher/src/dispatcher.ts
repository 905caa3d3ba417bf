import type { Check, Health } from '@millrace/nest-kit';
import type { DispatchLoop } from '@millrace/runtime';

export interface DispatcherParts {
  readonly loop: DispatchLoop;
  readonly health: Health;
  /** Closes the connections. */
  readonly close: readonly (() => Promise<void>)[];
}

/** The dispatch loop as a service: starts, says how it fares, stops. Start and stop are idempotent. */
export class Dispatcher {
  readonly #parts: DispatcherParts;
  #unregister: () => void = () => {};

  constructor(parts: DispatcherParts) {
    this.#parts = parts;
  }

  async start(): Promise<void> {
    const { loop, health } = this.#parts;
    this.#unregister = health.register('partitions', () => checkOf(loop));
    await loop.start();
  }

  async stop(): Promise<void> {
    this.#unregister();
    await this.#parts.loop.stop();
    await Promise.all(this.#parts.close.map((close) => close()));
  }
}

/** Ready when the log answers and every partition that this process has is owned or followed. */
function checkOf(loop: DispatchLoop): Check {
  const [fault] = loop.faults;
  if (fault !== undefined) return { ready: false, detail: fault.message };
  if (!loop.reach.isReaching) return { ready: false, detail: 'The log does not answer.', waitsFor: 'kafka' };
  const { partitions } = loop;
  const recovering = partitions.filter(({ phase }) => phase === 'recovering' || phase === 'claiming');
  const progress = partitions.map(({ position }) => position).join(',');
  const owned = partitions.filter(({ phase }) => phase === 'owning').map(({ partition }) => partition);
  const detail = `owns ${owned.join(', ') || 'no partition'}`;
  if (recovering.length === 0) return { ready: true, detail, progress };
  return { ready: false, detail: `${detail}; ${recovering.length} to recover`, progress, lags: true };
}
