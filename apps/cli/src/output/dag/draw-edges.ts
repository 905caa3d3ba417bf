import type { Item, Row } from './picture.js';

/** Children with the same parents: one line across, with a way down from each parent and to each child. */
interface Bundle {
  readonly parents: ReadonlySet<Item>;
  readonly children: Item[];
  from: number;
  to: number;
  track: number;
}

/** Lines between two rows, and the columns at which they leave the upper one and reach the lower one. */
export interface Edges {
  readonly lines: readonly string[];
  readonly leaveAt: ReadonlySet<number>;
  readonly reachAt: ReadonlyMap<Item, number>;
}

const [up, right, down, left] = [1, 2, 4, 8];
const glyphs: Readonly<Record<number, string>> = {
  [up | down]: '│', [left | right]: '─', [up | right]: '└', [up | left]: '┘', [down | right]: '┌', [down | left]: '┐',
  [up | down | right]: '├', [up | down | left]: '┤', [left | right | down]: '┬', [left | right | up]: '┴',
  [up | right | down | left]: '┼', [up]: '│', [down]: '│',
}; // prettier-ignore

/** Draws the edges from one row of placed items to the next. Where lines cross without meeting, the one that goes down is whole. */
export function drawEdges(lower: Row, width: number): Edges {
  const bundles = bundlesOf(lower);
  let tracks = spread(bundles, 0);
  // With more lines than one, ways down from parents have even columns and those to children odd ones, so that none lies on another.
  const shift = tracks > 1 ? 1 : 0;
  if (shift > 0) tracks = spread(bundles, shift);
  const reachAt = new Map(bundles.flatMap(({ children }) => children.map((item) => [item, item.x + shift] as const)));
  const parents = new Set(bundles.flatMap((bundle) => [...bundle.parents]));
  const lowest = new Map([...parents].map((item) => [item, lastTrackOf(item, bundles)]));
  const lines = Array.from({ length: tracks }, (_, track) => {
    const cells = new Array<string>(width).fill(' ');
    for (const bundle of bundles.filter((each) => each.track === track)) {
      for (let x = bundle.from; x <= bundle.to; x++) cells[x] = '─';
    }
    for (const item of parents) drawWay(cells, bundles, track, item.x, track <= lowest.get(item)!, track < lowest.get(item)!, (bundle) => bundle.parents.has(item)); // prettier-ignore
    for (const bundle of bundles) {
      for (const item of bundle.children) drawWay(cells, bundles, track, item.x + shift, track > bundle.track, track >= bundle.track, (each) => each === bundle); // prettier-ignore
    }
    return cells.join('').trimEnd();
  });
  return { lines, leaveAt: new Set([...parents].map(({ x }) => x)), reachAt };
}

/** One cell of a way up or down, with the line across that it meets or crosses there. */
function drawWay(
  cells: string[],
  bundles: readonly Bundle[],
  track: number,
  x: number,
  goesUp: boolean,
  goesDown: boolean,
  isOurs: (bundle: Bundle) => boolean,
): void {
  const across = bundles.find((each) => each.track === track && each.from <= x && x <= each.to);
  const met = across !== undefined && isOurs(across) ? across : undefined;
  if (!goesUp && !goesDown && met === undefined) return;
  // Of a parent and its child in one column each draws its part.
  const before = met !== undefined && met.from === met.to ? up | down : 0;
  const ways = (goesUp ? up : 0) | (goesDown ? down : 0) | before | partsBefore(cells[x]!, met !== undefined);
  const sides = met === undefined ? 0 : (x > met.from ? left : 0) | (x < met.to ? right : 0);
  cells[x] = glyphs[ways | sides] ?? ' ';
}

function partsBefore(cell: string, counts: boolean): number {
  const found = counts ? Object.entries(glyphs).find(([, glyph]) => glyph === cell)?.[0] : undefined;
  return Number(found ?? 0) & (up | down);
}

function bundlesOf(lower: Row): Bundle[] {
  const bundles: Bundle[] = [];
  for (const item of lower) {
    if (item.parents.length === 0) continue;
    const parents = new Set(item.parents);
    const alike = bundles.find((each) => each.parents.size === parents.size && [...parents].every((one) => each.parents.has(one))); // prettier-ignore
    if (alike === undefined) bundles.push({ parents, children: [item], from: 0, to: 0, track: 0 });
    else alike.children.push(item);
  }
  return bundles;
}

/** Gives each bundle its columns and the first track in which nobody else is; gives the number of tracks. */
function spread(bundles: readonly Bundle[], shift: number): number {
  const ends: number[] = [];
  for (const bundle of bundles) {
    const columns = [...[...bundle.parents].map(({ x }) => x), ...bundle.children.map(({ x }) => x + shift)];
    bundle.from = Math.min(...columns);
    bundle.to = Math.max(...columns);
  }
  for (const bundle of [...bundles].sort((one, other) => one.from - other.from)) {
    const free = ends.findIndex((end) => end < bundle.from);
    bundle.track = free === -1 ? ends.length : free;
    ends[bundle.track] = bundle.to;
  }
  return ends.length;
}

function lastTrackOf(item: Item, bundles: readonly Bundle[]): number {
  return Math.max(...bundles.filter(({ parents }) => parents.has(item)).map(({ track }) => track));
}
