import { taskRunList, type LogPosition } from '@millrace/protocol';
import type { RunStanding } from '@millrace/protocol/requests';

/** Runs asked for at the same time; of more nobody can say how they stand. */
const askedMax = 64;
/** The longest that a read waits. */
const waitMsMax = 30_000;

/** Asks the query service how a run stands. */
export class RunStatuses {
  #asked = 0;

  /** `waitMs`: how long the projection may take to show a position, and the answer to come after that. */
  constructor(
    private readonly url: string,
    private readonly waitMs: number,
  ) {}

  /** With everything shown that lies below `position`. Never throws. */
  async of(run: string, { partition, offset }: LogPosition): Promise<RunStanding> {
    if (this.#asked >= askedMax) return 'unsaid';
    this.#asked += 1;
    try {
      const waitMs = Math.min(this.waitMs, waitMsMax);
      const path = `/v1/runs/${run}/tasks?limit=1&waitFor=${partition}:${offset}&waitMs=${waitMs}`;
      const answer = await fetch(new URL(path, this.url), { signal: AbortSignal.timeout(this.waitMs * 2) });
      return standingOf(answer.status, await answer.json());
    } catch {
      return 'unsaid';
    } finally {
      this.#asked -= 1;
    }
  }
}

function standingOf(status: number, body: unknown): RunStanding {
  if (typeof body !== 'object' || body === null) return 'unsaid';
  const { code, runStatus } = body as { code?: unknown; runStatus?: unknown };
  if (status === 404 && code === 'run-unknown') return 'unknown';
  return taskRunList.shape.runStatus.safeParse(runStatus).data ?? 'unsaid';
}
