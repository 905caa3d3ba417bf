/** Milliseconds, or a number and a unit: `250ms`, `30s`, `5m`, `12h`, `30d`, also several of them: `1h 30m`. */
export type Duration = number | string;

const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const part = /(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)/gy;

/** Whole milliseconds. Throws a `RangeError` for what is no duration. */
export function durationMs(duration: Duration): number {
  const ms = typeof duration === 'number' ? duration : readText(duration);
  if (Number.isFinite(ms) && ms >= 0) return Math.round(ms);
  throw new RangeError(
    `Expected a duration such as 500 (milliseconds), '90s', '1h 30m' or '30d', but found: ${duration}.`,
  );
}

function readText(text: string): number {
  const rest = text.trim();
  let [ms, at] = [0, 0];
  while (at < rest.length) {
    part.lastIndex = at;
    const found = part.exec(rest);
    if (found === null) return NaN;
    ms += Number(found[1]) * unitMs[found[2]!]!;
    at = part.lastIndex;
    while (rest[at] === ' ') at += 1;
  }
  return rest === '' ? NaN : ms;
}
