import { drawEdges, type Edges } from './draw-edges.js';
import { placeRows, type Item, type Row } from './picture.js';

const light = { corners: ['┌', '┐', '└', '┘'], across: '─', side: '│', up: '┴', down: '┬' } as const;
const heavy = { corners: ['┏', '┓', '┗', '┛'], across: '━', side: '┃', up: '┻', down: '┳' } as const;

/** The rows from the top as lines of text: boxes, and the edges between. */
export function drawPicture(rows: readonly Row[]): string[] {
  const width = placeRows(rows);
  const edges = rows.map((row) => drawEdges(row, width));
  return rows.flatMap((row, place) => {
    const above = edges[place]!;
    const below = edges[place + 1];
    return [...(place === 0 ? [] : above.lines), ...boxLines(row, above, below)];
  });
}

function boxLines(row: Row, above: Edges, below: Edges | undefined): string[] {
  const lines = ['', '', ''];
  const ends = [0, 0, 0];
  for (const item of [...row].sort((one, other) => one.x - other.x)) {
    const left = item.x - Math.floor(item.width / 2);
    const [parts, painted] = item.box === undefined ? passing(item, above) : boxed(item, above, below);
    parts.forEach((part, line) => {
      lines[line] += ' '.repeat(Math.max(0, left - ends[line]!)) + (painted[line] ?? part);
      ends[line] = Math.max(left, ends[line]!) + part.length;
    });
  }
  return lines.map((line) => line.trimEnd());
}

/** An edge on its way: down in the column where it comes, and on in its middle. */
function passing(item: Item, above: Edges): [string[], string[]] {
  const at = above.reachAt.get(item) ?? item.x;
  const parts = at === item.x ? [' │ ', ' │ ', ' │ '] : ['  │', ' ┌┘', ' │ '];
  return [parts, []];
}

function boxed(item: Item, above: Edges, below: Edges | undefined): [string[], string[]] {
  const { text, paint, isHeavy } = item.box!;
  const { corners, across, side, up, down } = isHeavy ? heavy : light;
  const left = item.x - Math.floor(item.width / 2);
  const edge = (begin: string, end: string, at: number | undefined, mark: string): string => {
    const cells = [begin, ...new Array<string>(item.width - 2).fill(across), end];
    if (at !== undefined) cells[at - left] = mark;
    return cells.join('');
  };
  const leaves = below?.leaveAt.has(item.x) === true ? item.x : undefined;
  const top = edge(corners[0], corners[1], above.reachAt.get(item), up);
  const bottom = edge(corners[2], corners[3], leaves, down);
  const middle = `${side} ${text} ${side}`;
  return [
    [top, middle, bottom],
    [top, `${side} ${paint(text)} ${side}`, bottom],
  ];
}
