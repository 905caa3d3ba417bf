import { beginMs } from './scheduler.ts';

/** What happens all the time, whatever else does. */
const noise =
  /^(fetch|timer|group heartbeat|group coordinator|append \S+\.workers|bounds|ends|commit$|commit answered|strikes$)/;

/** The last things that happened, for whoever replays a seed. Keeps nothing unless it is asked to. */
export class Story {
  readonly #linesMax: number;
  readonly #isWhole: boolean;
  #lines: string[] = [];

  constructor(linesMax = 0, isWhole = false) {
    this.#linesMax = linesMax;
    this.#isWhole = isWhole;
  }

  get isTold(): boolean {
    return this.#linesMax > 0;
  }

  tell(nowMs: number, who: string, what: string): void {
    if (this.#linesMax === 0 || (!this.#isWhole && noise.test(what))) return;
    this.#lines.push(`${((nowMs - beginMs) / 1_000).toFixed(3).padStart(9)} ${who.padEnd(8)} ${what}`);
    if (this.#lines.length > 2 * this.#linesMax) this.#lines = this.#lines.slice(-this.#linesMax);
  }

  get lines(): readonly string[] {
    return this.#lines.slice(-this.#linesMax);
  }
}
