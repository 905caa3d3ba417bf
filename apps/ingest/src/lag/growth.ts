interface Stretch {
  /** The log ended at `end` at the latest at `until`. */
  until: number;
  end: number;
}

/** Time is kept this exact: a 64th of the longest age that matters. */
const stretches = 64;

/**
 * When a partition's log grew past which offset, by the broker's clock, as far back as `ageMsMax`. Bounded: what lies
 * within a 64th of that is kept as one.
 */
export class Growth {
  readonly #stretches: Stretch[] = [];

  constructor(private readonly ageMsMax: number) {}

  /** Where the log is known to end; undefined before the first `note`. */
  get end(): number | undefined {
    return this.#stretches.at(-1)?.end;
  }

  /** The log reaches `end` at `at`, or did so before. What is not beyond what is known says nothing. */
  note(end: number, at: number): void {
    const last = this.#stretches.at(-1);
    if (last !== undefined && end <= last.end) return;
    const before = this.#stretches.at(-2);
    const joins = last !== undefined && before !== undefined && at - before.until < this.ageMsMax / stretches;
    if (joins) Object.assign(last, { end, until: Math.max(at, last.until) });
    else this.#stretches.push({ end, until: Math.max(at, last?.until ?? at) });
    while (this.#stretches.length > 1 && this.#stretches[1]!.until < at - this.ageMsMax) this.#stretches.shift();
  }

  /** For how long the log has gone past `position`, never more than was seen; 0 where it does not. */
  pastFor(position: number, now: number): number {
    const first = this.#stretches.find(({ end }) => end > position);
    return first === undefined ? 0 : Math.max(0, now - first.until);
  }
}
