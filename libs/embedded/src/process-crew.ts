import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { CrewMember } from './crew-member.js';
import { endProcess, forgetRecord, readRecord, type ProcessRecord } from './process-record.js';

/** One process that a crew keeps running. */
export interface CrewCommand {
  /** Names it in the crew; letters, digits, dot, dash and underscore. */
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** Its whole environment. Default: this process's. */
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  /** Both outputs are appended here. Default: `<dataDir>/logs/<name>.log`. */
  readonly logFile?: string;
}

/** How a crew treats its processes. */
export interface ProcessCrewOptions {
  /** Keeps the processes' records and logs. One living crew per folder: take a FolderLock before. */
  readonly dataDir: string;
  /** First pause before a restart in ms, doubled each time. Default 200; too small makes a broken program a busy loop. */
  readonly restartDelayMs?: number;
  /** Longest pause in ms. Default 5,000. */
  readonly restartDelayMaxMs?: number;
  /** Restarts in a row that died within `steadyMs`, before the crew gives the process up. Default 20. */
  readonly restartsMax?: number;
  /** A process that lived this long starts with fresh pauses. Default 10,000 ms. */
  readonly steadyMs?: number;
  /** Milliseconds between SIGTERM and SIGKILL at a stop. Default 30,000; less than a service's drain loses what it drains. */
  readonly graceMs?: number;
  /** Told in one line what happens. Default: silent. */
  readonly log?: (line: string) => void;
}

/**
 * Keeps named processes running: one that ends by itself is started again after a pause, until the crew stops. Its processes do not hear
 * the terminal's Ctrl-C, so they stop in the order that the crew is told, and they do not outlive this process; where the machine cannot
 * promise that, the next crew on the same folder ends what is left.
 */
export class ProcessCrew {
  readonly #members = new Map<string, CrewMember>();
  readonly #records: string;
  readonly #logs: string;
  #cleaned: Promise<void> | undefined;
  #stopping = false;

  constructor(private readonly options: ProcessCrewOptions) {
    this.#records = join(options.dataDir, 'processes');
    this.#logs = join(options.dataDir, 'logs');
    for (const folder of [this.#records, this.#logs]) mkdirSync(folder, { recursive: true, mode: 0o700 });
  }

  /** Starts a process and keeps it running; resolves with its pid. A name that already runs is left as it is. Throws once the crew stops. */
  async start(command: CrewCommand): Promise<number> {
    if (!/^[\w.-]{1,64}$/.test(command.name))
      throw new Error(`Expected a plain process name, but got "${command.name}"`);
    this.#cleaned ??= this.#endLeftovers();
    await this.#cleaned;
    if (this.#stopping) throw new Error(`Expected to start ${command.name}, but the crew is stopping`);
    const known = this.#members.get(command.name);
    const member = known ?? new CrewMember(this.#complete(command), this.options);
    this.#members.set(command.name, member);
    return member.start();
  }

  /** The process's pid, or undefined while it waits for its restart, was stopped or given up, or has no such name. */
  pidOf(name: string): number | undefined {
    return this.#members.get(name)?.pid;
  }

  /** How often a process was started again. */
  restartsOf(name: string): number {
    return this.#members.get(name)?.restarts ?? 0;
  }

  /** The names that were started, in that order. */
  get names(): readonly string[] {
    return [...this.#members.keys()];
  }

  /** Sends a signal to exactly this process; if it ends by it, it is started again. False where it does not run now. */
  kill(name: string, signal: NodeJS.Signals): boolean {
    return this.#members.get(name)?.signal(signal) ?? false;
  }

  /** Stops one process and does not start it again until `start` asks for it. Unknown and stopped names are fine. */
  async stopOne(name: string): Promise<void> {
    await this.#members.get(name)?.stop(this.options.graceMs ?? 30_000);
  }

  /**
   * Stops all: the names in `order` one after the other, each inner list at once, then the rest at once. Each gets SIGTERM, and SIGKILL
   * after `graceMs`. Resolves when all are gone. May be called twice; from the first call on nothing is started any more.
   */
  async stop(order: readonly (string | readonly string[])[] = []): Promise<void> {
    this.#stopping = true;
    await this.#cleaned?.catch(() => undefined);
    for (const step of [...order, this.names]) {
      const names = typeof step === 'string' ? [step] : step;
      await Promise.all(names.map((name) => this.stopOne(name)));
    }
  }

  #complete(command: CrewCommand) {
    return {
      ...command,
      logFile: command.logFile ?? join(this.#logs, `${command.name}.log`),
      recordFile: join(this.#records, `${command.name}.json`),
    };
  }

  async #endLeftovers(): Promise<void> {
    const files = readdirSync(this.#records).filter((file) => file.endsWith('.json'));
    await Promise.all(
      files.map(async (file) => {
        const left = readRecord<ProcessRecord>(join(this.#records, file));
        if (left !== undefined && (await endProcess(left, 'SIGTERM', 10_000))) {
          this.options.log?.(
            `${file.slice(0, -'.json'.length)}: stopped process ${left.pid}, left by an earlier start`,
          );
        }
        forgetRecord(join(this.#records, file));
      }),
    );
  }
}
