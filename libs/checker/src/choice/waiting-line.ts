import type { Band, Instant, RunId, TaskIndex } from '@millrace/domain';

/** A task run that is queued. */
export interface Waiting {
  readonly run: RunId;
  readonly task: TaskIndex;
  /** Order of queueing in the partition. */
  readonly seq: number;
  /** Partition time of the queueing. */
  readonly since: Instant;
  /** Where it stands; undefined while its run is paused, and once it has left. */
  line: WaitingLine | undefined;
}

/** So many that have left are kept before they are cleared out, and as many again as wait. */
const leftMax = 64;

/** What waits for one handler in one band of one queue, in the order of queueing. */
export class WaitingLine {
  #entries: Waiting[] = [];
  #head = 0;
  #count = 0;

  constructor(
    readonly queue: string,
    readonly band: Band,
    readonly handler: string,
  ) {}

  get head(): Waiting | undefined {
    while (this.#head < this.#entries.length && !this.#has(this.#entries[this.#head]!)) this.#head += 1;
    return this.#entries[this.#head];
  }

  get isEmpty(): boolean {
    return this.#count === 0;
  }

  /** At the place that its age gives it. An entry stands in one line once in its life. */
  join(entry: Waiting): void {
    let place = this.#entries.length;
    while (place > this.#head && this.#entries[place - 1]!.seq > entry.seq) place -= 1;
    if (place === this.#entries.length) this.#entries.push(entry);
    else this.#entries.splice(place, 0, entry);
    entry.line = this;
    this.#count += 1;
  }

  leave(entry: Waiting): void {
    entry.line = undefined;
    this.#count -= 1;
    if (this.#entries.length <= leftMax + 2 * this.#count) return;
    this.#entries = this.#entries.filter((each) => this.#has(each));
    this.#head = 0;
  }

  #has(entry: Waiting): boolean {
    return entry.line === this;
  }
}
