import type { Gap } from '@millrace/domain';

/** `lost`: accepted, and the log has no such records. `there`: accepted, but no gap of the log begins and ends so. */
type Verdict = 'lost' | 'there';

/** What this process has found out about gaps that somebody accepted. Every start finds it out again. */
export class KnownGaps {
  readonly #verdicts = new Map<number, { readonly gap: Gap; readonly verdict: Verdict }[]>();

  note(partition: number, gap: Gap, verdict: Verdict): void {
    const known = this.#verdicts.get(partition) ?? [];
    this.#verdicts.set(partition, [...known.filter((each) => !isSame(each.gap, gap)), { gap, verdict }]);
  }

  is(partition: number, gap: Gap, verdict: Verdict): boolean {
    return this.#of(partition).some((each) => each.verdict === verdict && isSame(each.gap, gap));
  }

  lost(partition: number): Gap[] {
    return this.#of(partition).flatMap(({ gap, verdict }) => (verdict === 'lost' ? [gap] : []));
  }

  #of(partition: number): readonly { readonly gap: Gap; readonly verdict: Verdict }[] {
    return this.#verdicts.get(partition) ?? [];
  }
}

function isSame(one: Gap, other: Gap): boolean {
  return one.from === other.from && one.to === other.to;
}
