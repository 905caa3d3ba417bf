import { beginMs } from './scheduler.ts';

/** The last things that happened, for whoever replays a seed. Keeps nothing unless it is asked to. */
export class Story {
  readonly #linesMax: number;
  #lines: string[] = [];

  constructor(linesMax = 0) {
    this.#linesMax = linesMax;
  }

  get isTold(): boolean {
    return this.#linesMax > 0;
  }

  tell(nowMs: number, who: string, what: string): void {
    if (this.#linesMax === 0) return;
    this.#lines.push(`${((nowMs - beginMs) / 1_000).toFixed(3).padStart(9)} ${who.padEnd(8)} ${what}`);
    if (this.#lines.length > 2 * this.#linesMax) this.#lines = this.#lines.slice(-this.#linesMax);
  }

  get lines(): readonly string[] {
    return this.#lines.slice(-this.#linesMax);
  }
}
