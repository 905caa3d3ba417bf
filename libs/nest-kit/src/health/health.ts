import type { Clock } from '@millrace/runtime';

/** What one part of a service says of itself. */
export interface Check {
  readonly ready: boolean;
  /** One sentence or figure for people: where it stands, or what it waits for. */
  readonly detail: string;
  /**
   * Anything that changes whenever this part gets on, such as a position. Absent: this part cannot stall.
   */
  readonly progress?: number | string;
  /** Is there anything to get on with? Lag with unchanged `progress` for a bounded time is a stall. Default false. */
  readonly lags?: boolean;
  /** Name of a server that is down: waiting for it is not a stall. */
  readonly waitsFor?: string;
}

export interface CheckReport extends Check {
  readonly name: string;
  readonly stalled: boolean;
}

interface Watched {
  readonly check: () => Check;
  progress: number | string | undefined;
  since: number;
}

/** Looks are a second apart: a process that stood still for this long did not run. */
const stoodMsMin = 3_000;

/** The named checks of a service. Readiness is progress: ready when all are, alive while none has stalled. */
export class Health {
  readonly #checks = new Map<string, Watched>();

  #sweptAt: number | undefined;

  /** A stall is `stallMs` of lag without progress. */
  constructor(
    private readonly clock: Clock,
    private readonly stallMs: number,
  ) {}

  /** Registers under a name, replacing what was there; returns what takes it away again (harmless twice). */
  register(name: string, check: () => Check): () => void {
    const watched: Watched = { check, progress: undefined, since: this.clock.uptimeMs() };
    this.#checks.set(name, watched);
    return () => {
      if (this.#checks.get(name) === watched) this.#checks.delete(name);
    };
  }

  /**
   * For whoever dies of a stall and therefore looks every second: a much longer time between two looks is one in which this
   * process did not run, and counts for no part of it.
   */
  sweep(): CheckReport[] {
    const report = this.report();
    this.#sweptAt = this.clock.uptimeMs();
    return report;
  }

  /** Asks every check now. A check that throws is not ready. */
  report(): CheckReport[] {
    this.#forgive();
    return [...this.#checks].map(([name, watched]) => this.#ask(name, watched));
  }

  #forgive(): void {
    const now = this.clock.uptimeMs();
    const stoodMs = now - (this.#sweptAt ?? now);
    if (stoodMs < stoodMsMin) return;
    this.#sweptAt = now;
    for (const watched of this.#checks.values()) watched.since = Math.min(now, watched.since + stoodMs);
  }

  #ask(name: string, watched: Watched): CheckReport {
    const now = this.clock.uptimeMs();
    const said = ask(watched.check);
    const idle = said.lags !== true || said.progress === undefined || said.waitsFor !== undefined;
    if (idle || said.progress !== watched.progress) {
      watched.progress = said.progress;
      watched.since = now;
    }
    return { name, ...said, stalled: now - watched.since >= this.stallMs };
  }
}

function ask(check: () => Check): Check {
  try {
    return check();
  } catch (cause) {
    return { ready: false, detail: `Expected an answer, but the check threw: ${String(cause)}` };
  }
}
