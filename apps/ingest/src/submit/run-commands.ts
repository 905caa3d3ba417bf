import { randomUUID } from 'node:crypto';
import {
  isRunId,
  partitionOfRun,
  type CancelRequested,
  type PauseRequested,
  type ResumeRequested,
} from '@millrace/domain';
import { ServiceProblem, type LogBirths } from '@millrace/nest-kit';
import type { CommandAnswer } from '@millrace/protocol';
import type { LogGate } from '../log/log-gate.js';

const types = { cancel: 'CancelRequested', pause: 'PauseRequested', resume: 'ResumeRequested' } as const;
/** What can be asked of a run that is there. */
export type RunVerb = keyof typeof types;

/** Puts commands about a run into the partition of that run. Whether it lives is judged there, not here. */
export class RunCommands {
  constructor(
    private readonly births: LogBirths,
    private readonly gate: LogGate,
  ) {}

  /** Throws a `ServiceProblem`: 404 for what cannot be a run's id, 503 where the log does not take it. */
  async send(verb: RunVerb, run: string, reason: string | undefined): Promise<CommandAnswer> {
    const partitions = this.births.partitions;
    if (!isRunId(run) || partitionOfRun(run) >= partitions) {
      const detail = 'Expected the id of a run of this log, but no run here can have this one.';
      throw new ServiceProblem({ status: 404, code: 'run-unknown', detail });
    }
    const partition = partitionOfRun(run);
    const command = randomUUID();
    const event: CancelRequested | PauseRequested | ResumeRequested = {
      type: types[verb],
      run,
      command,
      ...(reason === undefined ? {} : { reason }),
    };
    const { offset } = await this.gate.append(partition, [event], reason?.length ?? 0);
    return { run, command, position: { partition, offset: String(offset + 1) } };
  }
}
