import { validateWorkflow } from '@millrace/domain';
import { registerWorkflow, type RegisterWorkflow, type WorkflowNode } from '../api/write.js';
import { ContractRefused, type TaskContract } from './define-task.js';
import { workflowContract, type WorkflowContract, type WorkflowContractOptions } from './workflow-contract.js';

/** A parent by its id, or with a condition in CEL over its `result` and `input`. */
export type ParentOf<Ids extends string> = Ids | { readonly id: Ids; readonly when: string };

/** What of a task can be said beside its id and its handler. */
export interface FlowTaskOptions<Ids extends string, Input = unknown> extends Omit<
  WorkflowNode,
  'id' | 'handler' | 'dependsOn' | 'input'
> {
  /** Ids of tasks that were added before. */
  readonly dependsOn?: readonly ParentOf<Ids>[];
  /** What its handler gets. Default: the input of the run. */
  readonly input?: Input;
}

/**
 * A workflow as code: what it makes is the JSON that YAML gives too. Each `task` knows the ids before it, so that one that is not there
 * does not compile; nor does an input that is not what the task's contract takes.
 */
export class WorkflowFlow<Ids extends string = never, RunInput = unknown> {
  readonly name: string;
  /** For `client.submitRun(flow.contract, { input })`. */
  readonly contract: WorkflowContract<RunInput>;
  readonly #tasks: WorkflowNode[] = [];

  /** As `defineWorkflow`. */
  constructor(name: string, options: WorkflowContractOptions<RunInput> = {}) {
    this.name = name;
    this.contract = workflowContract(name, options);
  }

  /** Adds a task. What a contract asks for by default goes into it, unless `options` say otherwise. */
  task<Id extends string, Input = unknown, Parsed = unknown, Returned = unknown, Result = unknown>(
    id: Id,
    handler: string | TaskContract<Input, Parsed, Returned, Result>,
    options: FlowTaskOptions<Ids, Input> = {},
  ): WorkflowFlow<Ids | Id, RunInput> {
    const of = typeof handler === 'string' ? { handler } : { handler: handler.handler, ...handler.defaults };
    this.#tasks.push(defined({ id, ...of, ...options }) as WorkflowNode);
    return this as unknown as WorkflowFlow<Ids | Id, RunInput>;
  }

  /** For `client.registerWorkflow(flow.definition)`. Throws `ContractRefused` with all that is wrong with it but its conditions. */
  get definition(): RegisterWorkflow {
    const definition: RegisterWorkflow = { name: this.name, tasks: [...this.#tasks] };
    const parsed = registerWorkflow.safeParse(definition);
    const faults = parsed.success ? validateWorkflow(parsed.data) : parsed.error.issues;
    if (faults.length === 0) return definition;
    const told = faults.slice(0, toldMax).map(({ path, message }) => `${String(path)}: ${message}`);
    throw new ContractRefused(`Expected workflow ${this.name} to be valid, but:\n${told.join('\n')}`);
  }

  /** So that `JSON.stringify` gives the file. */
  toJSON(): RegisterWorkflow {
    return this.definition;
  }
}

const toldMax = 10;

/**
 * Begins a workflow: `defineWorkflow('etl').task('extract', 'etl.extract').task('load', loadRows, { dependsOn: ['extract'] })`. The schema
 * of its input types submits of it. Registers nothing. Throws `ContractRefused`.
 */
export function defineWorkflow<RunInput = unknown>(
  name: string,
  options: WorkflowContractOptions<RunInput> = {},
): WorkflowFlow<never, RunInput> {
  return new WorkflowFlow(name, options);
}

function defined(node: object): object {
  return Object.fromEntries(Object.entries(node).filter(([, value]) => value !== undefined));
}
