import type { Check, Health, LogBirths } from '@millrace/nest-kit';
import type { DispatchLoop } from '@millrace/runtime';

export interface DispatcherParts {
  readonly births: LogBirths;
  readonly loop: DispatchLoop;
  readonly health: Health;
  /** Closes the connections. */
  readonly close: readonly (() => Promise<void>)[];
}

/**
 * The dispatch loop as a service: starts once the log is known to be sound, says how it fares, stops. Start and stop are
 * idempotent.
 */
export class Dispatcher {
  readonly #parts: DispatcherParts;
  #unregister: readonly (() => void)[] = [];
  #stopped = false;

  constructor(parts: DispatcherParts) {
    this.#parts = parts;
  }

  start(): void {
    const { births, loop, health } = this.#parts;
    if (this.#unregister.length > 0) return;
    this.#unregister = [
      health.register('log', () => births.check()),
      health.register('partitions', () => checkOf(births, loop)),
    ];
    void births.start().then(() => this.#startLoop());
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    for (const unregister of this.#unregister) unregister();
    await this.#parts.births.stop();
    await this.#parts.loop.stop();
    await Promise.all(this.#parts.close.map((close) => close()));
  }

  async #startLoop(): Promise<void> {
    const { births, loop } = this.#parts;
    if (births.isSound && !this.#stopped) await loop.start();
  }
}

/** Ready when the log answers and every partition that this process has is owned or followed. */
function checkOf(births: LogBirths, loop: DispatchLoop): Check {
  if (!births.isSound) return { ready: false, detail: 'waits for the log' };
  const [fault] = loop.faults;
  if (fault !== undefined) return { ready: false, detail: fault.message };
  if (!loop.reach.isReaching) return { ready: false, detail: 'The log does not answer.', waitsFor: 'kafka' };
  const { partitions } = loop;
  const recovering = partitions.filter(({ phase }) => phase === 'recovering' || phase === 'claiming');
  const progress = partitions.map(({ position }) => position).join(',');
  const owned = partitions.filter(({ phase }) => phase === 'owning').map(({ partition }) => partition);
  const detail = `owns ${owned.join(', ') || 'no partition'}`;
  // Reading has to go round even where nothing comes; a partition that recovers has to move.
  if (recovering.length === 0) return { ready: true, detail, progress: loop.reach.at, lags: true };
  return { ready: false, detail: `${detail}; ${recovering.length} to recover`, progress, lags: true };
}
