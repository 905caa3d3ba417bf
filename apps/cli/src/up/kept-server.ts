import type { ProcessExit } from '@millrace/embedded';

/** What is known of a server that runs as a child. */
export interface ServerProcess {
  readonly pid: number;
  /** The server's own output. */
  readonly logFile: string;
  /** Resolves when it ended, for whatever reason. */
  readonly exited: Promise<ProcessExit>;
  /** Resolves when it is gone; tolerates one that ended by itself. */
  stop(): Promise<void>;
}

const pauseMsMin = 200;
const pauseMsMax = 5_000;
const steadyMs = 10_000;

/**
 * Keeps one server running: it is started again after a pause when it ends by itself, and never given up, since a full disk may have room
 * again tomorrow. Start and stop may come twice, in any order.
 */
export class KeptServer {
  #server: ServerProcess | undefined;
  #turn: Promise<void> = Promise.resolve();
  #stopping = false;
  #timer: NodeJS.Timeout | undefined;
  #quickEnds = 0;
  #alive = false;

  constructor(
    readonly name: string,
    private readonly launch: () => Promise<ServerProcess>,
    private readonly log: (line: string) => void,
  ) {}

  /** Undefined while it does not run. */
  get pid(): number | undefined {
    return this.#alive ? this.#server?.pid : undefined;
  }

  get logFile(): string | undefined {
    return this.#server?.logFile;
  }

  /** Rejects where the first start fails. */
  start(): Promise<void> {
    return this.#inTurn(() => this.#start());
  }

  /** Sends a signal; if the server ends by it, it is started again. False where it does not run now. */
  kill(signal: NodeJS.Signals): boolean {
    return this.pid !== undefined && process.kill(this.pid, signal);
  }

  stop(): Promise<void> {
    this.#stopping = true;
    clearTimeout(this.#timer);
    return this.#inTurn(async () => this.#server?.stop());
  }

  async #start(): Promise<void> {
    if (this.#stopping || this.#alive) return;
    await this.#server?.stop();
    const startedAt = performance.now();
    const server = await this.launch();
    this.#server = server;
    this.#alive = true;
    void server.exited.then(({ signal, code }) => {
      this.#alive = false;
      this.#again(`ended with ${signal ?? `code ${code}`}`, performance.now() - startedAt);
    });
  }

  #again(how: string, livedMs: number): void {
    if (this.#stopping) return;
    this.#quickEnds = livedMs >= steadyMs ? 1 : this.#quickEnds + 1;
    const pauseMs = Math.min(pauseMsMin * 2 ** (this.#quickEnds - 1), pauseMsMax);
    this.log(`${this.name}: ${how}; starts again in ${pauseMs} ms`);
    this.#timer = setTimeout(() => {
      this.start().catch((error: Error) => this.#again(`did not start: ${error.message.split('\n')[0]}`, 0));
    }, pauseMs);
  }

  #inTurn(work: () => Promise<void>): Promise<void> {
    const result = this.#turn.then(work);
    this.#turn = result.catch(() => undefined);
    return result;
  }
}
