import type { Band } from '@millrace/domain';
import { WaitingLine, type Waiting } from './waiting-line.js';

const bands: readonly Band[] = [5, 4, 3, 2, 1];
/** Of so many dispatches of a queue each band is sure of its share: docs/design.md, section 10. */
const shareOf = 32;
const shares: Readonly<Record<Band, number>> = { 5: 16, 4: 4, 3: 2, 2: 1, 1: 1 };
const owedMax = 2;

/** What waits in one queue, and what its bands have gained. Forgotten when nothing waits in it. */
export class QueueWaiting {
  readonly #lines = new Map<string, WaitingLine>();
  /** Both by band; index 0 is unused. */
  readonly #counts = [0, 0, 0, 0, 0, 0];
  readonly #gained = [0, 0, 0, 0, 0, 0];

  constructor(readonly name: string) {}

  get isEmpty(): boolean {
    return this.#lines.size === 0;
  }

  get lines(): Iterable<WaitingLine> {
    return this.#lines.values();
  }

  join(entry: Waiting, band: Band, handler: string): void {
    const key = `${band} ${handler}`;
    let line = this.#lines.get(key);
    if (line === undefined) this.#lines.set(key, (line = new WaitingLine(this.name, band, handler)));
    line.join(entry);
    this.#counts[band]! += 1;
  }

  leave(entry: Waiting, line: WaitingLine): void {
    line.leave(entry);
    if (line.isEmpty) this.#lines.delete(`${line.band} ${line.handler}`);
    this.#counts[line.band]! -= 1;
  }

  /** Does the next dispatch belong to that band? */
  isOwed(band: Band): boolean {
    return this.#gained[band]! + shares[band] >= shareOf;
  }

  /** One of `band` was dispatched, and waits no more. */
  dispatched(band: Band): void {
    const gained = this.#gained;
    if (this.isOwed(band)) gained[band]! -= shareOf;
    for (const each of bands)
      gained[each] = this.#counts[each] === 0 ? 0 : Math.min(gained[each]! + shares[each], owedMax * shareOf);
  }
}
