export type FindingState = 'ok' | 'warn' | 'fail';

/** What one check found. */
export interface Finding {
  readonly check: string;
  readonly state: FindingState;
  /** One sentence. */
  readonly detail: string;
  /** What to do; null where there is nothing to do. */
  readonly remedy: string | null;
  readonly tookMs: number;
}

/** What a check says: a finding without its name and time. */
export type Verdict = Pick<Finding, 'state' | 'detail' | 'remedy'>;

export function ok(detail: string): Verdict {
  return { state: 'ok', detail, remedy: null };
}
export function warn(detail: string, remedy: string): Verdict {
  return { state: 'warn', detail, remedy };
}
export function fail(detail: string, remedy: string): Verdict {
  return { state: 'fail', detail, remedy };
}

const gravity: Readonly<Record<FindingState, number>> = { ok: 0, warn: 1, fail: 2 };

/** The worst of them; of several alike the first, with how many more there are. */
export function worst(verdicts: readonly Verdict[]): Verdict {
  const sorted = [...verdicts].sort((one, other) => gravity[other.state] - gravity[one.state]);
  const [first] = sorted as [Verdict, ...Verdict[]];
  const more = sorted.filter(({ state }) => state === first.state).length - 1;
  if (first.state === 'ok' || more === 0) return first;
  return { ...first, detail: `${first.detail} And ${more} more like it.` };
}
