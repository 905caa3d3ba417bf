import { formatBytes } from './bytes.js';
import { formatDuration } from './duration.js';
import { cutTo, terminalOn } from './terminal.js';

export type ProgressUnit = 'bytes' | 'records';

const everyMs = 100;
const cells = 24;
/** Before that nobody can say how long the rest takes. */
const forecastMs = 2_000;

/** How far long work is, on a line of a terminal that is drawn again and again; nothing anywhere else. Tolerates being ended twice. */
export class Progress {
  readonly #startedAt = performance.now();
  #drawnAt = -Infinity;
  #isDrawn = false;

  constructor(
    private readonly title: string,
    private readonly unit: ProgressUnit,
    private readonly stream: NodeJS.WriteStream = process.stderr,
  ) {}

  at(done: number, total: number): void {
    const now = performance.now();
    if (!terminalOn(this.stream).isLive || now - this.#drawnAt < everyMs) return;
    this.#drawnAt = now;
    this.#isDrawn = true;
    const line = progressLine(this.title, this.unit, done, total, now - this.#startedAt);
    this.stream.write(`\r${cutTo(line, (this.stream.columns ?? 80) - 1)}\u001b[K`);
  }

  /** Takes the line away, so that something else can be written; the next `at` draws it again. */
  end(): void {
    if (this.#isDrawn) this.stream.write('\r\u001b[K');
    this.#isDrawn = false;
  }
}

/** `Title  ━━━━━━╌╌╌╌  42 %  1.2 MiB of 2.9 MiB, 3.1 s left`. */
export function progressLine(title: string, unit: ProgressUnit, done: number, total: number, tookMs: number): string {
  const share = total === 0 ? 1 : Math.min(1, done / total);
  const full = Math.floor(share * cells);
  const amount = (value: number): string => (unit === 'bytes' ? formatBytes(value) : value.toLocaleString('en-US'));
  const of = `${amount(done)} of ${amount(total)}${unit === 'bytes' ? '' : ` ${unit}`}`;
  const isForecast = tookMs >= forecastMs && share > 0 && share < 1;
  const left = isForecast ? `, ${formatDuration((tookMs / share) * (1 - share))} left` : '';
  const bar = '━'.repeat(full) + '╌'.repeat(cells - full);
  return `${title}  ${bar}  ${String(Math.floor(share * 100)).padStart(3)} %  ${of}${left}`;
}
