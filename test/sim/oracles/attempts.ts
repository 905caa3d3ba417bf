import type { SimProcess } from '../world/sim-process.ts';

/** One execution of an attempt. */
export interface Beginning {
  readonly run: string;
  readonly task: number;
  readonly attempt: number;
  readonly handler: string;
  readonly process: SimProcess;
  /** Incarnations of the process that executes it. */
  readonly ids: readonly string[];
  readonly beganMs: number;
  hasFailed?: boolean;
  /** The incarnation by whose claim it began; absent where it began unclaimed. */
  claimant?: string;
}

/** A ledger of what began where, beside the log. */
export class Attempts {
  readonly #byKey = new Map<string, Beginning[]>();
  readonly #begun: (beginning: Beginning) => void;

  constructor(begun: (beginning: Beginning) => void) {
    this.#begun = begun;
  }

  begin(beginning: Beginning): Beginning {
    const key = keyOf(beginning);
    const all = this.#byKey.get(key);
    if (all === undefined) this.#byKey.set(key, [beginning]);
    else all.push(beginning);
    this.#begun(beginning);
    return beginning;
  }

  of(key: string): readonly Beginning[] {
    return this.#byKey.get(key) ?? [];
  }

  all(): IterableIterator<readonly Beginning[]> {
    return this.#byKey.values();
  }
}

export function keyOf({ run, task, attempt }: { run: string; task: number; attempt: number }): string {
  return `${run}/${task}.${attempt}`;
}
