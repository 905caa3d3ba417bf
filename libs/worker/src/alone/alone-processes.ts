import type { Json } from '@millrace/domain';
import type { Delivery } from '@millrace/protocol';
import type { Clock, Journal } from '@millrace/runtime';
import type { AloneEnd, AloneRuns } from './alone-runs.js';
import { AloneProcess } from './alone-process.js';

export interface AloneProcessesOptions {
  /** Modules with handlers, as `loadHandlers` takes them. */
  readonly files: readonly string[];
  readonly clock: Clock;
  readonly journal: Journal;
}

/** A process without work ends after this long; the next suspect would wait some 100 ms for a new one. */
const idleMs = 10_000;

/**
 * Runs each attempt in a child process of its own, which loads the handlers by the path of their modules. A process that
 * lives on after an attempt takes the next one; how many there are is up to the caller.
 */
export class AloneProcesses implements AloneRuns {
  readonly #options: AloneProcessesOptions;
  readonly #idle = new Map<AloneProcess, () => void>();
  readonly #busy = new Set<AloneProcess>();
  #stopped = false;

  constructor(options: AloneProcessesOptions) {
    this.#options = options;
  }

  run(
    delivery: Delivery,
    signal: AbortSignal,
    onEnd: (end: AloneEnd) => void,
    onBeat: (details: Json | undefined) => void,
  ): void {
    // prettier-ignore
    if (this.#stopped) return onEnd('not-run');
    const process = this.#take() ?? new AloneProcess(this.#options);
    this.#busy.add(process);
    process.run(delivery, signal, (end) => {
      this.#busy.delete(process);
      if (process.isLiving && !this.#stopped) this.#keep(process);
      onEnd(end);
    }, onBeat); // prettier-ignore
  }

  stop(): void {
    this.#stopped = true;
    for (const process of [...this.#idle.keys(), ...this.#busy]) process.kill();
    for (const cancel of this.#idle.values()) cancel();
    this.#idle.clear();
  }

  #take(): AloneProcess | undefined {
    for (const [process, cancel] of this.#idle) {
      cancel();
      this.#idle.delete(process);
      if (process.isLiving) return process;
    }
    return undefined;
  }

  #keep(process: AloneProcess): void {
    const cancel = this.#options.clock.after(idleMs, () => {
      this.#idle.delete(process);
      process.kill();
    });
    this.#idle.set(process, cancel);
  }
}
