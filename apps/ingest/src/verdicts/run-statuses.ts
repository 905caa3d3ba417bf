import { runDetail, type LogPosition, type RunView } from '@millrace/protocol';

/** What reads say of a run: how it stands, that it was never requested, or that nobody can say now. */
export type RunStanding = RunView['status'] | 'unknown' | 'unsaid';

/** Asks the query service how a run stands. */
export class RunStatuses {
  /** `waitMs`: how long the projection may take to show `position`, and the answer to come after that. */
  constructor(
    private readonly url: string,
    private readonly waitMs: number,
  ) {}

  /** With everything shown that lies below `position`. Never throws. */
  async of(run: string, { partition, offset }: LogPosition): Promise<RunStanding> {
    const url = new URL(
      `/v1/runs/${run}?waitFor=${partition}:${offset}&waitMs=${Math.min(this.waitMs, waitMsMax)}`,
      this.url,
    );
    try {
      const answer = await fetch(url, { signal: AbortSignal.timeout(this.waitMs * 2) });
      const body: unknown = await answer.json();
      if (answer.status === 404) return (body as { code?: unknown }).code === 'run-unknown' ? 'unknown' : 'unsaid';
      return runDetail.shape.run.shape.status.safeParse((body as { run?: RunView }).run?.status).data ?? 'unsaid';
    } catch {
      return 'unsaid';
    }
  }
}

/** The longest that a read waits. */
const waitMsMax = 30_000;
