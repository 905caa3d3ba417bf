import { ServiceProblem } from '@millrace/nest-kit';
import {
  encodeWorkflow,
  topicsOf,
  workflowRecords,
  type EncodedWorkflow,
  type ProblemCode,
  type WorkflowRegistered,
} from '@millrace/protocol';
import { LogUnavailable, type Clock, type OutgoingRecord, type RecordWriter, type TopicTail } from '@millrace/runtime';
import { checkedDefinition } from '@millrace/protocol/requests';
import { registryBytesMax, type WorkflowRegistry } from './workflow-registry.js';

/** Bytes of records in one append: a broker takes a batch of up to 1 MiB. */
const appendBytesMax = 700 * 1024;
const retryMs = 100;

export interface Registered extends WorkflowRegistered {
  /** False where it was the newest version of its name already. */
  readonly isNew: boolean;
}

/** Writes workflow versions to their topic; what this resolves for can be run at once, here and everywhere. */
export class Registration {
  constructor(
    private readonly writer: RecordWriter,
    private readonly prefix: string,
    private readonly registry: WorkflowRegistry,
    private readonly tail: TopicTail,
    private readonly clock: Clock,
    private readonly ackMs: number,
  ) {}

  /** Throws a `ServiceProblem`: 400 or 422 with all faults, 503 where the log does not answer in time. */
  async register(body: unknown): Promise<Registered> {
    const definition = checkedDefinition(body);
    return this.write(encodeWorkflow(definition), definition.tasks.length);
  }

  /** A valid workflow of so many tasks. Throws a 503 `ServiceProblem`. */
  async write(encoded: EncodedWorkflow, tasks: number): Promise<Registered> {
    const { name, version } = encoded;
    if (this.registry.find(name)?.version === version) return { name, version, tasks, isNew: false };
    const isKnown = this.registry.find(name, version) !== undefined;
    if (!isKnown && this.registry.bytes + encoded.bytes > registryBytesMax) throw registryFull();
    const end = await this.#write(encoded);
    if (!(await this.tail.whenAt(end, this.ackMs))) throw notReadBack();
    return { name, version, tasks, isNew: !isKnown };
  }

  /** Gives the next offset. Writing a part twice is harmless, so a try that was not answered is repeated. */
  async #write(encoded: EncodedWorkflow): Promise<number> {
    let end = 0;
    for (const records of batchesOf(encoded)) {
      const until = this.clock.now() + this.ackMs;
      for (;;) {
        try {
          const { offset } = await this.writer.append(topicsOf(this.prefix).workflows, 0, records);
          end = offset + records.length;
          break;
        } catch (error) {
          if (!(error instanceof LogUnavailable)) throw error;
          if (this.clock.now() >= until) throw notAcknowledged(error);
          await new Promise<void>((resolve) => this.clock.after(retryMs, resolve));
        }
      }
    }
    return end;
  }
}

function* batchesOf(encoded: EncodedWorkflow): Generator<OutgoingRecord[]> {
  let batch: OutgoingRecord[] = [];
  let bytes = 0;
  for (const record of workflowRecords(encoded)) {
    const value = Buffer.from(JSON.stringify(record));
    if (batch.length > 0 && bytes + value.length > appendBytesMax) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push({ key: encoded.name, value });
    bytes += value.length;
  }
  yield batch;
}

function unavailable(code: ProblemCode, detail: string, cause?: unknown): ServiceProblem {
  return new ServiceProblem({ status: 503, code, detail, retryAfterMs: 1_000, cause });
}
const notAcknowledged = (cause: unknown): ServiceProblem =>
  unavailable('log-unavailable', 'Expected the log to acknowledge the workflow, but it did not. Send it again.', cause);
const notReadBack = (): ServiceProblem =>
  unavailable('log-unavailable', 'Expected to read the workflow back, but it did not come in time. Send it again.');
const registryFull = (): ServiceProblem =>
  unavailable('workflows-full', 'Expected room for a workflow, but the registered ones fill what ingest may hold.');
