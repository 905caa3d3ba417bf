import { randomUUID } from 'node:crypto';
import {
  isRunId,
  partitionOfRun,
  type Band,
  type CancelRequested,
  type PauseRequested,
  type PriorityRequested,
  type ResumeRequested,
} from '@millrace/domain';
import { ServiceProblem, type LogBirths } from '@millrace/nest-kit';
import type { CommandAnswer } from '@millrace/protocol';
import type { LogGate } from '../log/log-gate.js';

const types = { cancel: 'CancelRequested', pause: 'PauseRequested', resume: 'ResumeRequested' } as const;
/** What can be asked of a run that is there. */
export type RunVerb = keyof typeof types;
type RunCommand = CancelRequested | PauseRequested | ResumeRequested | PriorityRequested;

/** Puts commands about a run into the partition of that run. Whether it lives is judged there, not here. */
export class RunCommands {
  constructor(
    private readonly births: LogBirths,
    private readonly gate: LogGate,
  ) {}

  /** Throws a `ServiceProblem`: 404 for what cannot be a run's id, 503 where the log does not take it. */
  async send(verb: RunVerb, run: string, reason: string | undefined): Promise<CommandAnswer> {
    const why = reason === undefined ? {} : { reason };
    return this.#log({ type: types[verb], run, command: randomUUID(), ...why }, reason?.length ?? 0);
  }

  /** Another band for the run, or for the one task run with index `task`. Throws as `send` does. */
  async prioritize(run: string, band: Band, task: number | undefined): Promise<CommandAnswer> {
    const of = task === undefined ? {} : { task };
    return this.#log({ type: 'PriorityRequested', run, ...of, band, command: randomUUID() }, 0);
  }

  async #log(event: RunCommand, bytes: number): Promise<CommandAnswer> {
    const { run, command } = event;
    const partitions = this.births.partitions;
    if (!isRunId(run) || partitionOfRun(run) >= partitions) {
      const detail = 'Expected the id of a run of this log, but no run here can have this one.';
      throw new ServiceProblem({ status: 404, code: 'run-unknown', detail });
    }
    const partition = partitionOfRun(run);
    const { offset } = await this.gate.append(partition, [event], bytes);
    return { run, command, position: { partition, offset: String(offset + 1) } };
  }
}
