/** A box of the picture: one task, or several that are alike. */
export interface Box {
  /** What it says; its width counts as it is. */
  readonly text: string;
  readonly paint: (text: string) => string;
  /** It is on the critical path. */
  readonly isHeavy: boolean;
}

/** A place in a row of the picture: a box, or an edge that passes by. */
export interface Item {
  readonly box: Box | undefined;
  /** Items of the row above. */
  readonly parents: readonly Item[];
  /** Its middle; rows are centred, and a middle is an even column. */
  x: number;
  readonly width: number;
}

export type Row = Item[];

export const gap = 2;

export function widthOf(row: readonly Item[]): number {
  return row.reduce((sum, { width }) => sum + width + gap, -gap);
}

/** Gives every item its place: rows are centred under each other. Gives the width of the widest. */
export function placeRows(rows: readonly Row[]): number {
  const widest = Math.max(0, ...rows.map(widthOf));
  const centre = even(Math.floor(widest / 2));
  for (const row of rows) {
    // So that a chain is a straight line, whatever the widths of its boxes.
    if (row.length === 1) row[0]!.x = centre;
    if (row.length === 1) continue;
    let left = Math.floor((widest - widthOf(row)) / 2);
    for (const item of row) {
      const middle = left + Math.floor(item.width / 2);
      item.x = even(middle);
      left += item.width + gap;
    }
  }
  return widest + 2;
}

function even(column: number): number {
  return column + (column % 2);
}
