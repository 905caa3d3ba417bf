import { problemBody, ServiceProblem, type ProblemBody } from '@millrace/nest-kit';
import { LogUnavailable } from '@millrace/runtime';
import type { QueueDirectory } from '../queues/queue-directory.js';
import type { KnownWorkflow, WorkflowRegistry } from '../workflows/workflow-registry.js';
import type { Item } from '@millrace/protocol/requests';

/** An item whose workflow (if it names one) is known and whose queues exist. */
export interface Resolved {
  readonly item: Item;
  readonly workflow?: KnownWorkflow;
}
type Outcome = Resolved | { readonly problem: ProblemBody };

/**
 * Finds what items refer to. What is not known is only refused after the registered workflows, or the list of topics, were
 * read again up to now; once for all items of a request.
 */
export class References {
  constructor(
    private readonly registry: WorkflowRegistry,
    /** Resolves when every version registered before the call is known; throws a 503. */
    private readonly catchUp: () => Promise<void>,
    private readonly queues: QueueDirectory,
  ) {}

  async resolve(items: readonly Item[]): Promise<Outcome[]> {
    const outcomes = items.map((item) => this.#look(item));
    const open = outcomes.flatMap((outcome, index) => ('problem' in outcome ? [index] : []));
    if (open.length === 0) return outcomes;
    if (open.some((index) => this.#workflowOf(items[index]!) === null)) await this.catchUp();
    if (open.some((index) => this.#missingQueue(items[index]!) !== undefined)) await this.#refreshQueues();
    for (const index of open) outcomes[index] = this.#look(items[index]!);
    return outcomes;
  }

  #look(item: Item): Outcome {
    const workflow = this.#workflowOf(item);
    if (workflow === null) return { problem: workflowUnknown(item) };
    const queue = this.#missingQueue(item);
    if (queue !== undefined) return { problem: queueUnknown(queue) };
    return workflow === undefined ? { item } : { item, workflow };
  }

  /** Undefined for a single task, null for an unknown workflow. */
  #workflowOf({ workflow }: Item): KnownWorkflow | undefined | null {
    return workflow === undefined ? undefined : (this.registry.find(workflow.name, workflow.version) ?? null);
  }

  #missingQueue(item: Item): string | undefined {
    if (item.queue !== undefined) return this.queues.has(item.queue) ? undefined : item.queue;
    return this.#workflowOf(item)?.queues.find((queue) => !this.queues.has(queue));
  }

  async #refreshQueues(): Promise<void> {
    try {
      await this.queues.refresh();
    } catch (cause) {
      if (!(cause instanceof LogUnavailable)) throw cause;
      const detail = 'Expected Kafka to list its topics, but it does not answer, so the queue cannot be looked up.';
      throw new ServiceProblem({ status: 503, code: 'log-unavailable', detail, retryAfterMs: 1_000, cause });
    }
  }
}

function workflowUnknown({ workflow }: Item): ProblemBody {
  const version = workflow?.version === undefined ? '' : ` in version ${workflow.version}`;
  const detail = `Expected a registered workflow, but "${workflow?.name}" is not known${version}. Register it: POST /v1/workflows`;
  return problemBody({ status: 422, code: 'workflow-unknown', detail });
}

function queueUnknown(queue: string): ProblemBody {
  const detail = `Expected a queue that has task topics, but "${queue}" has none. Declare it and run: millrace topics apply`;
  return problemBody({ status: 422, code: 'queue-unknown', detail });
}
