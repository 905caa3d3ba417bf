/** Names that are compared at most. */
const namesMax = 1_000;
const charsMax = 128;

/** The one of `names` that somebody who wrote `name` may have meant: it differs in a third of its letters at most. */
export function nearName(name: string, names: Iterable<string>): string | undefined {
  let best: string | undefined;
  let least = Math.floor(name.length / 3) + 1;
  let compared = 0;
  for (const each of names) {
    if (++compared > namesMax) break;
    const distance = startsAlike(name, each) ? 1 : distanceOf(name.slice(0, charsMax), each.slice(0, charsMax));
    if (distance >= least) continue;
    least = distance;
    best = each;
  }
  return best;
}

/** `depends` for `dependsOn`. */
function startsAlike(one: string, other: string): boolean {
  const [short, long] = one.length < other.length ? [one, other] : [other, one];
  return short.length >= 4 && long.toLowerCase().startsWith(short.toLowerCase());
}

/** Letters to change, add or leave out, whatever their case. */
function distanceOf(one: string, other: string): number {
  const [from, to] = [one.toLowerCase(), other.toLowerCase()];
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let at = 1; at <= from.length; at++) {
    const next = [at];
    for (let other = 1; other <= to.length; other++) {
      const isSame = from[at - 1] === to[other - 1];
      next.push(Math.min(row[other]! + 1, next[other - 1]! + 1, row[other - 1]! + (isSame ? 0 : 1)));
    }
    row = next;
  }
  return row[to.length]!;
}
