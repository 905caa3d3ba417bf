import type { Band } from '../band.js';
import type { Instant } from '../ids.js';
import type { PartitionState } from '../partition/partition-state.js';
import type { WorkerState } from '../partition/workers.js';
import { BandShares } from '../queue/band-shares.js';
import { effectiveBand, type PromotionTable } from '../queue/promotion.js';
import type { QueueLines } from '../queue/queue-lines.js';
import type { ReadyEntry, ReadyRing } from '../queue/ready-ring.js';
import type { Candidate, FreeCredit } from './free-credit.js';

/** What a decision would leave in a queue. */
interface QueueLeft {
  readonly shares: BandShares;
  readonly waiting: number[];
}
/** A ring as a decision takes from it. */
interface Line {
  readonly ring: ReadyRing;
  readonly rest: Generator<ReadyEntry>;
  readonly candidates: readonly Candidate[];
  readonly left: QueueLeft;
  head: ReadyEntry;
  /** Of the head. */
  band: Band;
}

/** Who goes next, and to whom. */
export interface Chosen {
  readonly ring: ReadyRing;
  readonly entry: ReadyEntry;
  readonly worker: WorkerState;
  /** It went before a band that is higher because its own band was owed its share. */
  readonly isByShare: boolean;
  readonly isPromoted: boolean;
}

/** Takes what waits in the order of choice, without changing the state: each choice costs a look at the head of every ring. */
export class WaitingLines {
  readonly #lines: Line[] = [];
  readonly #credit: FreeCredit;
  readonly #now: Instant;
  readonly #promotion: PromotionTable | undefined;

  constructor(state: PartitionState, credit: FreeCredit, promotion?: PromotionTable) {
    this.#credit = credit;
    this.#now = state.time;
    this.#promotion = promotion;
    for (const queue of state.ready.queues()) this.#open(queue);
  }

  /** The next that a worker with free credit serves. */
  next(): Chosen | undefined {
    for (;;) {
      const highest = highestOf(this.#lines);
      if (highest === undefined) return undefined;
      const line = owedOf(this.#lines) ?? highest;
      if (line !== highest && !this.#credit.isLeft(highest.candidates)) {
        this.#close(highest);
        continue;
      }
      const worker = this.#credit.spend(line.candidates);
      if (worker === undefined) this.#close(line);
      else return this.#take(line, worker, line.band < highest.band);
    }
  }

  #open(queue: QueueLines): void {
    const left = { shares: new BandShares(queue.shares.gained), waiting: [...queue.waitingByBand] };
    for (const ring of queue.rings()) {
      const candidates = this.#credit.candidates(ring);
      if (candidates.length === 0) continue;
      const rest = goingOn(ring.waiting());
      const head = rest.next().value as ReadyEntry | undefined;
      if (head === undefined) continue;
      this.#lines.push({ ring, rest, candidates, left, head, band: this.#bandOf(ring, head) });
    }
  }

  #take(line: Line, worker: WorkerState, isByShare: boolean): Chosen {
    const { ring, head: entry, left } = line;
    const chosen = { ring, entry, worker, isByShare, isPromoted: line.band > ring.band };
    left.waiting[ring.band]! -= 1;
    left.shares.taken(ring.band, left.waiting);
    const next = line.rest.next();
    if (next.done === true) this.#close(line);
    else {
      line.head = next.value;
      line.band = this.#bandOf(ring, next.value);
    }
    return chosen;
  }

  #close(line: Line): void {
    this.#lines.splice(this.#lines.indexOf(line), 1);
  }

  #bandOf({ band }: ReadyRing, { since }: ReadyEntry): Band {
    return effectiveBand(band, since, this.#now, this.#promotion);
  }
}

/** Without those of runs that have ended and are still swept. */
function* goingOn(waiting: Iterable<ReadyEntry>): Generator<ReadyEntry, undefined> {
  for (const entry of waiting) if (entry.run.status === 'running') yield entry;
}

function highestOf(lines: readonly Line[]): Line | undefined {
  let best: Line | undefined;
  for (const line of lines) {
    if (best === undefined || line.band > best.band || (line.band === best.band && line.head.seq < best.head.seq)) {
      best = line;
    }
  }
  return best;
}

/** Of what is owed its share the highest band, then who was queued first. */
function owedOf(lines: readonly Line[]): Line | undefined {
  let best: Line | undefined;
  for (const line of lines) {
    const { band } = line.ring;
    if (!line.left.shares.isOwed(band) || (best !== undefined && band < best.ring.band)) continue;
    if (best === undefined || band > best.ring.band || line.head.seq < best.head.seq) best = line;
  }
  return best;
}
