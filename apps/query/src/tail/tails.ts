import { Readable } from 'node:stream';
import { ServiceProblem } from '@millrace/nest-kit';
import type { Journal } from '@millrace/runtime';

/** Bytes that wait for a slow reader; the next rows are read when it has taken them. */
const waitingBytesMax = 64 * 1024;

/** The tails that are open: a bounded number, each with a bounded buffer. Stop is idempotent and ends them all. */
export class Tails {
  readonly #open = new Set<Readable>();
  #isStopped = false;

  constructor(
    private readonly openMax: number,
    private readonly journal: Journal,
  ) {}

  get open(): number {
    return this.#open.size;
  }

  /** Throws a `ServiceProblem` (503) where there are as many as may be. */
  checkRoom(): void {
    if (this.#open.size < this.openMax && !this.#isStopped) return;
    const detail = `Expected at most ${this.openMax} tails at once, but as many are open already. Come back, or ask with GET /v1/runs/:id.`;
    throw new ServiceProblem({ status: 503, code: 'tails-full', detail, retryAfterMs: 5_000 });
  }

  /** As a body. What reading throws breaks it off: the reader comes back and is told why. */
  begin(lines: AsyncGenerator<string>): Readable {
    this.checkRoom();
    const body = Readable.from(lines, { objectMode: false, highWaterMark: waitingBytesMax });
    this.#open.add(body);
    body.on('close', () => this.#open.delete(body));
    body.on('error', (error) => this.journal.warn({ error }, `A tail broke off: ${error.message}`));
    return body;
  }

  stop(): void {
    this.#isStopped = true;
    for (const body of this.#open) body.destroy();
  }
}
