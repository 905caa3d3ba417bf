import { bucketOf } from './bucket-sums.js';
import { cellId, type Cell, type CellValue } from './cell.js';
import type { Difference } from './difference.js';

interface Written {
  readonly cell: Cell;
  /** Of each column, the record that changed it last. */
  readonly offsets: readonly number[];
}

/** The cells of a few buckets, with the records that wrote them and then with what is really there. */
export class CellLedger {
  readonly #wanted = new Map<string, Written>();
  readonly #found = new Map<string, Cell>();

  constructor(private readonly buckets: ReadonlySet<number>) {}

  /** The record at `offset` tells it. */
  put(cell: Cell, offset: number): void {
    if (!this.#has(cell)) return;
    const id = cellId(cell);
    const before = this.#wanted.get(id);
    if (cell.values === undefined) this.#wanted.delete(id);
    else
      this.#wanted.set(id, {
        cell,
        offsets: cell.values.map((value, at) => (before?.cell.values?.[at] === value ? before.offsets[at]! : offset)),
      });
  }

  find(cell: Cell): void {
    if (this.#has(cell)) this.#found.set(cellId(cell), cell);
  }

  /** Every column that differs, in the order in which the log wrote what is wanted; rows that nothing wrote come last. */
  differences(partition: number | null): Difference[] {
    const differences = [...this.#wanted].flatMap(([id, written]) =>
      differencesOf(partition, written, this.#found.get(id)),
    );
    for (const [id, cell] of this.#found) if (!this.#wanted.has(id)) differences.push(unwanted(partition, cell));
    const place = ({ offset, table, key }: Difference): string =>
      `${String(offset ?? Infinity).padStart(16, '0')} ${table} ${key}`;
    return differences.sort((one, other) => (place(one) < place(other) ? -1 : 1));
  }

  #has({ owner }: Cell): boolean {
    return this.buckets.has(bucketOf(owner));
  }
}

function differencesOf(partition: number | null, { cell, offsets }: Written, found: Cell | undefined): Difference[] {
  const { table, key, names, values } = cell;
  if (found === undefined && names.length > 1) {
    const offset = Math.min(...offsets);
    const sentence = `Expected a row ${key} in ${table}, which offset ${offset} tells, but there is none.`;
    return [
      {
        rule: 'I5',
        partition,
        table,
        key,
        column: null,
        wanted: shown(JSON.stringify(values)),
        found: null,
        offset,
        sentence,
      },
    ];
  }
  return names.flatMap((column, at) => {
    const [wanted, is] = [values![at]!, found?.values?.[at] ?? null];
    if (wanted === is) return [];
    const offset = offsets[at]!;
    const sentence = `Expected ${column} of ${key} in ${table} to be ${text(wanted)}, as offset ${offset} tells, but it is ${text(is)}.`;
    return [{ rule: 'I5', partition, table, key, column, wanted: shown(wanted), found: shown(is), offset, sentence }];
  });
}

function unwanted(partition: number | null, { table, key, names, values }: Cell): Difference {
  const column = names.length > 1 ? null : names[0]!;
  const what = column === null ? `no row ${key}` : `no ${column} of ${key}`;
  const found = shown(names.length > 1 ? JSON.stringify(values) : values![0]!);
  const sentence = `Expected ${what} in ${table}, since no record tells of it, but it is there: ${text(found)}.`;
  return { rule: 'I5', partition, table, key, column, wanted: null, found, offset: null, sentence };
}

const charsMax = 500;

function shown(value: CellValue): CellValue {
  return typeof value === 'string' && value.length > charsMax ? `${value.slice(0, charsMax)}…` : value;
}

function text(value: CellValue): string {
  return value === null ? 'null' : String(shown(value));
}
