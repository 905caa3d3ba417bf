import { bandsHighestFirst, BandShares, type Band } from '@millrace/domain';
import type { HeldAttempt } from './held-attempt.js';

interface Line {
  attempts: HeldAttempt[];
  head: number;
}

/**
 * Attempts that wait for a slot, a line for each band. A band that is owed its share goes first, else the highest; in a band
 * first come first served. Who left the line otherwise is passed over.
 */
export class WaitingLine {
  readonly #lines: readonly Line[] = [0, 1, 2, 3, 4, 5].map(() => ({ attempts: [], head: 0 }));
  #shares = new BandShares();

  /** An upper bound: it counts who left until they are passed over. */
  get length(): number {
    return this.#lines.reduce((sum, { attempts, head }) => sum + attempts.length - head, 0);
  }

  add(attempt: HeldAttempt): void {
    this.#lines[attempt.band]!.attempts.push(attempt);
  }

  take(): HeldAttempt | undefined {
    const bands = bandsHighestFirst.filter((band) => this.#passOver(band) !== undefined);
    const band = bands.find((each) => this.#shares.isOwed(each)) ?? bands[0];
    if (band === undefined) return undefined;
    const line = this.#lines[band]!;
    const attempt = line.attempts[line.head++]!;
    this.#shares.taken(
      band,
      this.#lines.map(({ attempts, head }) => attempts.length - head),
    );
    return attempt;
  }

  clear(): void {
    for (const line of this.#lines) empty(line);
    this.#shares = new BandShares();
  }

  /** The first of the band that still waits. */
  #passOver(band: Band): HeldAttempt | undefined {
    const line = this.#lines[band]!;
    while (line.head < line.attempts.length) {
      const attempt = line.attempts[line.head]!;
      if (attempt.state === 'held') return attempt;
      line.head += 1;
    }
    empty(line);
    return undefined;
  }
}

function empty(line: Line): void {
  line.attempts = [];
  line.head = 0;
}
