import { randomUUID } from 'node:crypto';
import { isRunId, partitionOfRun, type CancelRequested } from '@millrace/domain';
import { ServiceProblem, type LogBirths } from '@millrace/nest-kit';
import type { CancelAnswer } from '@millrace/protocol';
import type { LogGate } from '../log/log-gate.js';

/** Puts cancel commands into the partition of their run. Whether that run lives is judged there, not here. */
export class Cancellation {
  constructor(
    private readonly births: LogBirths,
    private readonly gate: LogGate,
  ) {}

  /** Throws a `ServiceProblem`: 404 for what cannot be a run's id, 503 where the log does not take it. */
  async cancel(run: string, reason: string | undefined): Promise<CancelAnswer> {
    const partitions = this.births.partitions;
    if (!isRunId(run) || partitionOfRun(run) >= partitions) {
      const detail = 'Expected the id of a run of this log, but no run here can have this one.';
      throw new ServiceProblem({ status: 404, code: 'run-unknown', detail });
    }
    const partition = partitionOfRun(run);
    const command = randomUUID();
    const event: CancelRequested = {
      type: 'CancelRequested',
      run,
      command,
      ...(reason === undefined ? {} : { reason }),
    };
    const { offset } = await this.gate.append(partition, [event], reason?.length ?? 0);
    return { run, command, position: { partition, offset: String(offset + 1) } };
  }
}
