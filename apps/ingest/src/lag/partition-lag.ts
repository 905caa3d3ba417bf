import { Growth } from './growth.js';

/** Who folds the log, and must keep up with it. */
export type LogReader = 'dispatcher' | 'projector';

/** How far a reader is behind the end of a partition of the log. */
export interface Lag {
  readonly reader: LogReader;
  /** Entries; those that nobody has folded yet are estimated from the frames that this process wrote. */
  readonly events: number;
  readonly ageMs: number;
}

interface Standing {
  readonly by: string;
  readonly position: number;
  /** Undefined where nobody has counted them. */
  readonly entries: number | undefined;
  readonly at: number;
}

/** Heartbeats come every 2 s. Another one is believed only once the one before has been silent for this long, or is behind it. */
const silentMs = 15_000;
/** Weight of the newest frame in the average. */
const newestShare = 0.1;

/** What is known of one partition: where its log ends and where its readers stand. */
export class PartitionLag {
  readonly #growth: Growth;
  readonly #standings = new Map<LogReader, Standing>();
  /** Average items in a frame of ours, and what the newest one holds so far. */
  #frameItems = 1;
  #newest = { offset: -1, items: 0 };

  constructor(ageMsMax: number) {
    this.#growth = new Growth(ageMsMax);
  }

  /** Of several that name one partition the foremost counts, until it is silent: what wakes from a freeze says old things. */
  hear(reader: LogReader, said: Standing): void {
    this.#growth.note(said.position, said.at);
    const known = this.#standings.get(reader);
    const counts =
      known === undefined || known.by === said.by || said.position >= known.position || said.at - known.at > silentMs;
    if (counts) this.#standings.set(reader, said);
  }

  /** A dispatcher that nobody has heard yet is taken to stand at the first end that is seen. */
  sawEnd(end: number, at: number): void {
    this.#growth.note(end, at);
    if (!this.#standings.has('dispatcher'))
      this.#standings.set('dispatcher', { by: '', position: end, entries: undefined, at: -Infinity });
  }

  appended(offset: number, items: number): void {
    if (offset === this.#newest.offset) {
      this.#newest.items += items;
      return;
    }
    if (this.#newest.items > 0) this.#frameItems += (this.#newest.items - this.#frameItems) * newestShare;
    this.#newest = { offset, items };
  }

  /** Of each reader that was heard. */
  lags(now: number): Lag[] {
    const foremost = [...this.#standings.values()].reduce((a, b) => (b.position > a.position ? b : a), nowhere);
    return [...this.#standings].map(([reader, standing]) => ({
      reader,
      events: Math.max(0, Math.round(this.#events(standing, foremost))),
      ageMs: this.#growth.pastFor(standing.position, now),
    }));
  }

  /** What the foremost reader counted beyond `from`, and what nobody has counted, by the average of our own frames. */
  #events(from: Standing, foremost: Standing): number {
    const end = this.#growth.end ?? foremost.position;
    if (from.entries === undefined || foremost.entries === undefined) return (end - from.position) * this.#frameItems;
    return foremost.entries - from.entries + (end - foremost.position) * this.#frameItems;
  }
}

const nowhere: Standing = { by: '', position: -1, entries: undefined, at: 0 };
