import { LeashedProcess, type LeashedCommand, type ProcessExit } from './leashed-process.js';
import type { ProcessCrewOptions } from './process-crew.js';

/** One process of a crew, with its restarts. Every start and stop waits for the one before, so any order of calls is fine. */
export class CrewMember {
  #process: LeashedProcess | undefined;
  #wanted = false;
  #restarts = 0;
  #quickDeaths = 0;
  #restartTimer: NodeJS.Timeout | undefined;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly command: LeashedCommand & { readonly name: string },
    private readonly options: ProcessCrewOptions,
  ) {}

  get pid(): number | undefined {
    return this.#process?.exit === undefined ? this.#process?.pid : undefined;
  }

  get restarts(): number {
    return this.#restarts;
  }

  start(): Promise<number> {
    return this.#inTurn(async () => {
      if (this.pid !== undefined) return this.pid;
      this.#wanted = true;
      this.#quickDeaths = 0;
      clearTimeout(this.#restartTimer);
      return this.#launch();
    });
  }

  signal(signal: NodeJS.Signals): boolean {
    return this.#process?.signal(signal) ?? false;
  }

  stop(graceMs: number): Promise<void> {
    return this.#inTurn(async () => {
      this.#wanted = false;
      clearTimeout(this.#restartTimer);
      await this.#process?.stop(graceMs);
    });
  }

  async #launch(): Promise<number> {
    const started = performance.now();
    const child = await LeashedProcess.start(this.command);
    this.#process = child;
    void child.exited.then((exit) => this.#ended(exit, performance.now() - started));
    return child.pid;
  }

  #ended(exit: ProcessExit, livedMs: number): void {
    if (!this.#wanted) return;
    this.#quickDeaths = livedMs >= (this.options.steadyMs ?? 10_000) ? 1 : this.#quickDeaths + 1;
    const how = `${this.command.name}: ended with ${exit.signal ?? `code ${exit.code}`}`;
    if (this.#quickDeaths > (this.options.restartsMax ?? 20)) {
      this.#wanted = false;
      this.options.log?.(`${how}; given up after ${this.#quickDeaths} quick ends, see ${this.command.logFile}`);
      return;
    }
    const first = this.options.restartDelayMs ?? 200;
    const delayMs = Math.min(first * 2 ** (this.#quickDeaths - 1), this.options.restartDelayMaxMs ?? 5_000);
    this.options.log?.(`${how}; starts again in ${delayMs} ms`);
    this.#restartTimer = setTimeout(() => void this.#restart(), delayMs);
  }

  async #restart(): Promise<void> {
    await this.#inTurn(async () => {
      if (!this.#wanted || this.pid !== undefined) return;
      this.#restarts++;
      await this.#launch();
    }).catch((error: unknown) => {
      this.options.log?.(`${this.command.name}: could not be started again: ${String(error)}`);
      this.#ended({ code: null, signal: null }, 0);
    });
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(work);
    this.#turn = result.catch(() => undefined);
    return result;
  }
}
