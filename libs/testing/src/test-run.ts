import type { MillraceClient } from '@millrace/client';
import type { RunDetail } from '@millrace/protocol';

/** A run ended otherwise than its test expected. */
export class RunUnsuccessful extends Error {
  override readonly name = 'RunUnsuccessful';

  constructor(readonly detail: RunDetail) {
    const { run, tasks } = detail;
    const failed = tasks.filter(({ status }) => !['succeeded', 'skipped'].includes(status));
    const told = failed.slice(0, 5).map(({ id, status, error, reason }) => `${id} ${status}${why(error, reason)}`);
    super(`Expected run ${run.id} to succeed, but it is ${run.status}: ${told.join('; ')}.`);
  }
}

function why(error: unknown, reason: string | null): string {
  const message = (error as { message?: string } | null)?.message ?? reason;
  return message === null ? '' : ` (${message})`;
}

/** One run of a test environment. */
export class TestRun {
  readonly #client: MillraceClient;

  constructor(
    readonly id: string,
    client: MillraceClient,
  ) {
    this.#client = client;
  }

  /** How it stands now. No time passes. */
  detail(): Promise<RunDetail> {
    return this.#client.getRun(this.id);
  }

  /** Lets time pass until the run has ended, however it ended. Throws `NothingLeft` where nothing would end it. */
  ended(): Promise<RunDetail> {
    return this.#client.waitForRun(this.id, { timeoutMs: Infinity });
  }

  /**
   * Lets time pass until the run has ended, and gives the results of its tasks by id; of a single task its result. Throws
   * `RunUnsuccessful` where it did not succeed, `NothingLeft` where nothing would end it.
   */
  async result(): Promise<unknown> {
    const detail = await this.ended();
    if (detail.run.status !== 'succeeded') throw new RunUnsuccessful(detail);
    if (detail.run.workflow === null) return detail.tasks[0]!.result;
    return Object.fromEntries(detail.tasks.map(({ id, result }) => [id, result]));
  }

  async cancel(reason?: string): Promise<void> {
    await this.#client.cancelRun(this.id, reason);
  }

  async pause(reason?: string): Promise<void> {
    await this.#client.pauseRun(this.id, reason);
  }

  async resume(reason?: string): Promise<void> {
    await this.#client.resumeRun(this.id, reason);
  }
}
