import type { RunId } from '@millrace/domain';
import type { RequestVerdict } from '@millrace/protocol';
import type { Clock } from '@millrace/runtime';

/** Verdicts awaited at the same time; beyond it requests are answered `pending` at once. */
const awaitedMax = 100_000;

/** Verdicts that one group of requests waits for. */
export interface AwaitedVerdicts {
  /** Resolves when all have come, or after the time that the book allows; those that have come, by the id the request gave its run. */
  within(): Promise<ReadonlyMap<RunId, RequestVerdict>>;
  /** Nobody waits any more. May be called twice. */
  drop(): void;
}

interface Group {
  readonly verdicts: Map<RunId, RequestVerdict>;
  readonly runs: readonly RunId[];
  missing: number;
  complete: () => void;
}

/** Who waits for which verdict. Owners send each once, when they fold the request; what comes too late is forgotten. */
export class VerdictBook {
  readonly #groupOf = new Map<RunId, Group>();

  constructor(
    private readonly clock: Clock,
    private readonly waitMs: number,
  ) {}

  get awaited(): number {
    return this.#groupOf.size;
  }

  /** To be called before the requests are appended: a verdict may come before the acknowledgement. */
  expect(runs: readonly RunId[]): AwaitedVerdicts {
    const isTaken = this.#groupOf.size + runs.length <= awaitedMax;
    const group: Group = { verdicts: new Map(), runs, missing: isTaken ? runs.length : 0, complete: () => {} };
    if (isTaken) for (const run of runs) this.#groupOf.set(run, group);
    return { within: () => this.#wait(group), drop: () => this.#drop(group) };
  }

  take(verdict: RequestVerdict): void {
    const group = this.#groupOf.get(verdict.run);
    if (group === undefined) return;
    this.#groupOf.delete(verdict.run);
    group.verdicts.set(verdict.run, verdict);
    group.missing -= 1;
    if (group.missing === 0) group.complete();
  }

  async #wait(group: Group): Promise<ReadonlyMap<RunId, RequestVerdict>> {
    if (group.missing > 0) {
      await new Promise<void>((resolve) => {
        const cancel = this.clock.after(this.waitMs, resolve);
        group.complete = () => {
          cancel();
          resolve();
        };
      });
    }
    this.#drop(group);
    return group.verdicts;
  }

  #drop({ runs }: Group): void {
    for (const run of runs) this.#groupOf.delete(run);
  }
}
