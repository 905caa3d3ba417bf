import { isRunId, partitionOfRun, runIdOf, type Band, type Event, type RunCommand, type RunId } from '@millrace/domain';
import type { CommandAnswer, EncodedWorkflow } from '@millrace/protocol';
import {
  answerOf,
  commandOutcome,
  pinnedParts,
  priorityEvent,
  problemBody,
  runCommandEvent,
  ServiceProblem,
  type Answer,
  type Item,
  type ItemOrProblem,
  type RunVerb,
} from '@millrace/protocol/requests';
import { LogUnavailable, LogWriter } from '@millrace/runtime';
import { topics, type World } from '../world/world.js';
import type { WorkflowBook } from './workflow-book.js';

/** Puts requests and commands into the log, and answers with what the log made of them. */
export class Submission {
  readonly #world: World;
  readonly #workflows: WorkflowBook;
  readonly #writer: LogWriter;
  readonly #pinned = new Set<string>();

  constructor(world: World, workflows: WorkflowBook) {
    const { log: writer, time: clock, journal } = world;
    this.#world = world;
    this.#workflows = workflows;
    this.#writer = new LogWriter({ writer, topic: topics.log, by: `door-${world.chance.hex(8)}`, clock, journal });
  }

  async submit(read: ItemOrProblem): Promise<Answer> {
    if ('problem' in read) return read;
    try {
      return await this.#log(read.item);
    } catch (error) {
      if (error instanceof ServiceProblem) return { problem: error.body };
      if (error instanceof LogUnavailable) return { problem: unavailable() };
      throw error;
    }
  }

  command(verb: RunVerb, run: string, reason: string | undefined): Promise<CommandAnswer> {
    return this.#command(runCommandEvent(verb, run, this.#world.chance.hex(32), reason));
  }

  prioritize(run: string, band: Band, task: number | undefined): Promise<CommandAnswer> {
    return this.#command(priorityEvent(run, this.#world.chance.hex(32), band, task));
  }

  async #log({ event, workflow, queue }: Item): Promise<Answer> {
    if (queue !== undefined) this.#workflows.assertQueue(queue);
    const found = workflow === undefined ? undefined : this.#workflows.find(workflow.name, workflow.version);
    const run = runIdOf(0, this.#world.chance.hex(32));
    const of = found === undefined ? {} : { workflow: { name: found.name, version: found.version } };
    const offset = await this.#append([...this.#pins(found), { ...event, ...of, run }]);
    const position = { partition: 0, offset: String(offset + 1) };
    if (event.idempotency === undefined && event.asksVerdict !== true) return { run, position };
    return answerOf(run, position, this.#world.witness.takeRequestVerdict(run));
  }

  async #command(event: RunCommand): Promise<CommandAnswer> {
    const { run, command } = event;
    if (!isRunId(run) || partitionOfRun(run) > 0) {
      const detail = 'Expected the id of a run of this log, but no run here can have this one.';
      throw new ServiceProblem({ status: 404, code: 'run-unknown', detail });
    }
    const offset = await this.#append([{ ...event, asksVerdict: true }]);
    const verdict = this.#world.witness.takeCommandVerdict(command);
    const outcome = await commandOutcome(event.type === 'CancelRequested', run, verdict, async () => this.#standing(run)); // prettier-ignore
    return { run, command, position: { partition: 0, offset: String(offset + 1) }, verdict: outcome };
  }

  #standing(run: RunId) {
    const status = this.#world.store.ofRun(run)?.run.status;
    return (status ?? 'unknown') as Awaited<ReturnType<Parameters<typeof commandOutcome>[3]>>;
  }

  #pins(workflow: EncodedWorkflow | undefined): Event[] {
    if (workflow === undefined || this.#pinned.has(workflow.version)) return [];
    this.#pinned.add(workflow.version);
    return pinnedParts(workflow);
  }

  async #append(events: readonly Event[]): Promise<number> {
    return (await this.#writer.append(0, events)).offset;
  }
}

function unavailable() {
  const detail = 'Expected the log to answer, but it is down.';
  return problemBody({ status: 503, code: 'log-unavailable', detail, retryAfterMs: 1_000 });
}
