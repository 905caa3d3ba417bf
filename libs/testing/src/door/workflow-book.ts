import { queueDefault } from '@millrace/domain';
import { encodeWorkflow, type EncodedWorkflow, type WorkflowRegistered } from '@millrace/protocol';
import { checkedDefinition, ServiceProblem } from '@millrace/protocol/requests';

/** Workflow versions that were registered. */
export class WorkflowBook {
  readonly #newest = new Map<string, EncodedWorkflow>();
  readonly #versions = new Map<string, EncodedWorkflow>();
  readonly #queues: ReadonlySet<string>;

  constructor(queues: readonly string[]) {
    this.#queues = new Set(queues);
  }

  /** Throws a `ServiceProblem` with everything that is wrong with it. */
  register(body: unknown): WorkflowRegistered & { readonly isNew: boolean } {
    const definition = checkedDefinition(body);
    for (const { queue = queueDefault } of definition.tasks) this.assertQueue(queue);
    const encoded = encodeWorkflow(definition);
    const { name, version } = encoded;
    const isNew = this.#newest.get(name)?.version !== version;
    this.#newest.set(name, encoded);
    this.#versions.set(version, encoded);
    return { name, version, tasks: definition.tasks.length, isNew };
  }

  /** Throws a `ServiceProblem` (422) where it is not registered. */
  find(name: string, version: string | undefined): EncodedWorkflow {
    const found = version === undefined ? this.#newest.get(name) : this.#versions.get(version);
    if (found?.name === name) return found;
    const which = version === undefined ? '' : ` in version ${version}`;
    const detail = `Expected a registered workflow, but "${name}" is not known${which}. Give it to createTestEnvironment, or register it.`;
    throw new ServiceProblem({ status: 422, code: 'workflow-unknown', detail });
  }

  /** Throws a `ServiceProblem` (422) where the environment has no such queue. */
  assertQueue(queue: string): void {
    if (this.#queues.has(queue)) return;
    const detail = `Expected a queue of this environment, but "${queue}" is none. Name it: createTestEnvironment({ queues: ['${queue}'] })`;
    throw new ServiceProblem({ status: 422, code: 'queue-unknown', detail });
  }
}
