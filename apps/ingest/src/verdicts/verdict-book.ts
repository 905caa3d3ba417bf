import type { Clock } from '@millrace/runtime';

/** Verdicts awaited at the same time; beyond it who asks is answered `pending` at once. */
const awaitedMax = 100_000;

/** Verdicts that one group of requests or commands waits for, by their keys. */
export interface AwaitedVerdicts<Verdict> {
  /** Resolves when all have come, or after the time that the book allows; those that have come, by key. */
  within(): Promise<ReadonlyMap<string, Verdict>>;
  /** Nobody waits any more. May be called twice. */
  drop(): void;
}

interface Group<Verdict> {
  readonly verdicts: Map<string, Verdict>;
  readonly keys: readonly string[];
  missing: number;
  complete: () => void;
}

/** Who waits for which verdict. Owners send each once, when they fold what asks for it; what comes too late is forgotten. */
export class VerdictBook<Verdict> {
  readonly #groupOf = new Map<string, Group<Verdict>>();

  constructor(
    private readonly clock: Clock,
    private readonly waitMs: number,
    private readonly keyOf: (verdict: Verdict) => string,
  ) {}

  get awaited(): number {
    return this.#groupOf.size;
  }

  /** To be called before what asks is appended: a verdict may come before the acknowledgement. */
  expect(keys: readonly string[]): AwaitedVerdicts<Verdict> {
    const isTaken = this.#groupOf.size + keys.length <= awaitedMax;
    const group: Group<Verdict> = { verdicts: new Map(), keys, missing: isTaken ? keys.length : 0, complete: () => {} };
    if (isTaken) for (const key of keys) this.#groupOf.set(key, group);
    return { within: () => this.#wait(group), drop: () => this.#drop(group) };
  }

  take(verdict: Verdict): void {
    const key = this.keyOf(verdict);
    const group = this.#groupOf.get(key);
    if (group === undefined) return;
    this.#groupOf.delete(key);
    group.verdicts.set(key, verdict);
    group.missing -= 1;
    if (group.missing === 0) group.complete();
  }

  async #wait(group: Group<Verdict>): Promise<ReadonlyMap<string, Verdict>> {
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

  #drop({ keys }: Group<Verdict>): void {
    for (const key of keys) this.#groupOf.delete(key);
  }
}
