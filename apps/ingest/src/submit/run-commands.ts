import { randomUUID } from 'node:crypto';
import { isRunId, partitionOfRun, type Band, type RunCommand } from '@millrace/domain';
import { ServiceProblem, type LogBirths } from '@millrace/nest-kit';
import type { CommandAnswer, CommandVerdict } from '@millrace/protocol';
import type { LogGate } from '../log/log-gate.js';
import { commandOutcome, priorityEvent, runCommandEvent, type RunVerb } from '@millrace/protocol/requests';
import type { RunStatuses } from '../verdicts/run-statuses.js';
import type { VerdictBook } from '../verdicts/verdict-book.js';

/** Puts commands about a run into the partition of that run, and says what became of them there: whether it runs is judged by the log. */
export class RunCommands {
  constructor(
    private readonly births: LogBirths,
    private readonly gate: LogGate,
    private readonly verdicts: VerdictBook<CommandVerdict>,
    private readonly statuses: RunStatuses,
  ) {}

  /**
   * Answers with the verdict where `waits`, `pending` where none came in time. Throws a `ServiceProblem`: 503 where the log does not
   * take it, 404 for what is no run of this log, and where it waits also 409 for a run that had ended.
   */
  async send(verb: RunVerb, run: string, reason: string | undefined, waits = true): Promise<CommandAnswer> {
    const event = runCommandEvent(verb, run, randomUUID(), reason);
    return this.#log(event, reason?.length ?? 0, waits);
  }

  /** Another band for the run, or for the one task run with index `task`. Answers and throws as `send` does. */
  async prioritize(run: string, band: Band, task: number | undefined, waits = true): Promise<CommandAnswer> {
    return this.#log(priorityEvent(run, randomUUID(), band, task), 0, waits);
  }

  async #log(event: RunCommand, bytes: number, waits: boolean): Promise<CommandAnswer> {
    const { run, command } = event;
    const partitions = this.births.partitions;
    if (!isRunId(run) || partitionOfRun(run) >= partitions) {
      const detail = 'Expected the id of a run of this log, but no run here can have this one.';
      throw new ServiceProblem({ status: 404, code: 'run-unknown', detail });
    }
    const partition = partitionOfRun(run);
    const awaited = waits ? this.verdicts.expect([command]) : undefined;
    try {
      const asking = waits ? { ...event, asksVerdict: true } : event;
      const { offset } = await this.gate.append(partition, [asking], bytes);
      const answer = { run, command, position: { partition, offset: String(offset + 1) } };
      if (awaited === undefined) return answer;
      const verdict = (await awaited.within()).get(command);
      const standing = () => this.statuses.of(run, answer.position);
      return { ...answer, verdict: await commandOutcome(event.type === 'CancelRequested', run, verdict, standing) };
    } finally {
      awaited?.drop();
    }
  }
}
