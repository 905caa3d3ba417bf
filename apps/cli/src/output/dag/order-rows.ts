import type { Row } from './picture.js';

const sweeps = 4;

/** Puts items near their parents and children, so that few lines cross: the mean of the neighbours' places, some times down and up. */
export function orderRows(rows: readonly Row[]): void {
  const children = new Map<Row[number], Row>();
  for (const item of rows.flat()) {
    for (const parent of item.parents) children.set(parent, [...(children.get(parent) ?? []), item]);
  }
  for (let sweep = 0; sweep < sweeps; sweep++) {
    for (const row of rows) settle(row, (item) => item.parents);
    for (const row of [...rows].reverse()) settle(row, (item) => children.get(item) ?? []);
  }
  for (const row of rows) settle(row, (item) => item.parents);
}

/** By the neighbours' places, as `x` tells them. */
function settle(row: Row, neighbours: (item: Row[number]) => readonly Row[number][]): void {
  const wanted = new Map(row.map((item) => [item, mean(neighbours(item).map(({ x }) => x)) ?? item.x]));
  row.sort((one, other) => wanted.get(one)! - wanted.get(other)!);
  row.forEach((item, place) => (item.x = place - row.length / 2));
}

function mean(numbers: readonly number[]): number | undefined {
  return numbers.length === 0 ? undefined : numbers.reduce((sum, each) => sum + each, 0) / numbers.length;
}
