import { fork, type ChildProcess } from 'node:child_process';
import { createRequire } from 'node:module';
import type { Json } from '@millrace/domain';
import type { Delivery } from '@millrace/protocol';
import type { Clock, Journal } from '@millrace/runtime';
import type { AloneEnd } from './alone-runs.js';
import type { FromChild, ToChild } from './child-protocol.js';

export interface AloneProcessOptions {
  readonly files: readonly string[];
  readonly clock: Clock;
  readonly journal: Journal;
}

/** What was aborted may take this long to end by itself. */
const abortMs = 1_000;
/** By the package's name: what runs in a process is always what was built. */
const childFile = createRequire(import.meta.url).resolve('@millrace/worker/alone-child');

/** A child process that loads handlers and runs one attempt at a time. Its output goes where the worker's goes. */
export class AloneProcess {
  readonly #options: AloneProcessOptions;
  readonly #child: ChildProcess;
  #isReady = false;
  #isLiving = true;
  /** Waits for the modules to be loaded. */
  #waiting: Delivery | undefined;
  #onBeat: (details: Json | undefined) => void = () => undefined;
  #onEnd: ((end: AloneEnd) => void) | undefined;

  constructor(options: AloneProcessOptions) {
    this.#options = options;
    const child = fork(childFile, [...options.files], { execArgv: [], stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    this.#child = child;
    child.unref();
    child.channel?.unref();
    child.on('message', (message: FromChild) => {
      if ('ready' in message) this.#ready();
      else if ('beat' in message) this.#onBeat(message.beat.checkpoint);
      else this.#end(message.ended);
    });
    child.on('error', (error) => {
      options.journal.error({ error }, 'A process for an attempt under suspicion failed.');
      if (child.pid === undefined) this.#died(null, null);
    });
    child.on('exit', (code, signal) => this.#died(code, signal));
  }

  get isLiving(): boolean {
    return this.#isLiving;
  }

  /** Only while it runs nothing. */
  run(
    delivery: Delivery,
    signal: AbortSignal,
    onEnd: (end: AloneEnd) => void,
    onBeat: (details: Json | undefined) => void,
  ): void {
    // prettier-ignore
    this.#onBeat = onBeat;
    let cancelKill = (): void => undefined;
    const abort = (): void => {
      this.#tell({ abort: signal.reason instanceof Error ? signal.reason.message : String(signal.reason) });
      cancelKill = this.#options.clock.after(abortMs, () => this.kill());
    };
    this.#onEnd = (end) => {
      cancelKill();
      signal.removeEventListener('abort', abort);
      onEnd(end);
    };
    signal.addEventListener('abort', abort, { once: true });
    if (this.#isReady) this.#tell({ run: delivery });
    else this.#waiting = delivery;
  }

  kill(): void {
    this.#isLiving = false;
    this.#child.kill('SIGKILL');
  }

  #ready(): void {
    this.#isReady = true;
    if (this.#waiting !== undefined) this.#tell({ run: this.#waiting });
    this.#waiting = undefined;
  }

  #tell(message: ToChild): void {
    if (this.#child.connected) this.#child.send(message, () => undefined);
  }

  #end(end: AloneEnd): void {
    const onEnd = this.#onEnd;
    this.#onEnd = undefined;
    onEnd?.(end);
  }

  #died(code: number | null, signal: NodeJS.Signals | null): void {
    this.#isLiving = false;
    if (!this.#isReady) {
      this.#options.journal.error({ code, signal }, 'A process for an attempt under suspicion died at its start.');
      return this.#end('not-run');
    }
    const how = signal === null ? `exit code ${code}` : `signal ${signal}`;
    const message = `Expected the handler to end, but its process died: ${how}.`;
    this.#end({ kind: 'died', error: { name: 'ProcessDied', message } });
  }
}
