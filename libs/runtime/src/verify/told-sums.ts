import { BucketSums, hashOf } from './bucket-sums.js';
import { cellId, type Cell } from './cell.js';

/** The digest of rows while a fold tells and changes them. Remembers a hash for each cell that may still change, as live runs have. */
export class ToldSums {
  readonly sums = new BucketSums();
  readonly #live = new Map<string, Map<string, bigint>>();

  put(cell: Cell): void {
    const { owner } = cell;
    const id = cellId(cell);
    const live = this.#live.get(owner);
    const before = live?.get(id);
    if (before !== undefined) this.sums.remove(owner, before);
    if (cell.values === undefined) {
      live?.delete(id);
      return;
    }
    const hash = hashOf(cell);
    this.sums.add(owner, hash);
    if (cell.isFinal !== true) this.#keep(owner, id, hash);
    else if (cell.table === 'run_records' || cell.table === 'single_records') this.#end(cell);
    else live?.delete(id);
  }

  #keep(owner: string, id: string, hash: bigint): void {
    const live = this.#live.get(owner) ?? new Map<string, bigint>();
    this.#live.set(owner, live.set(id, hash));
  }

  /** Nothing of a run changes after its end; its input never did. */
  #end({ owner, names }: Cell): void {
    if (names.length > 1) this.#live.delete(owner);
  }
}
