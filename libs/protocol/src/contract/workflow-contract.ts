import type { SubmitRun } from '../api/write.js';
import { ContractRefused } from './define-task.js';
import { isSchema, type StandardSchema } from './standard-schema.js';

/** What a publisher knows of a registered workflow: its name and the schema of its input. Its tasks get the input as it was sent. */
export interface WorkflowContract<Input = unknown> {
  readonly kind: 'workflow-contract';
  readonly workflow: string;
  readonly input: StandardSchema<unknown, Input> | undefined;
  readonly defaults: WorkflowDefaults;
}

export type WorkflowDefaults = Pick<SubmitRun, 'version' | 'band' | 'scheduleToCloseMs'>;

export interface WorkflowContractOptions<Input> extends WorkflowDefaults {
  /** A Standard Schema (zod, valibot, arktype, ...). Default: any input. */
  readonly input?: StandardSchema<unknown, Input>;
}

/** Names a workflow for `client.submitRun(etl, { input })`. Registers nothing. Throws `ContractRefused`. */
export function workflowContract<Input = unknown>(
  workflow: string,
  { input, ...defaults }: WorkflowContractOptions<Input> = {},
): WorkflowContract<Input> {
  if (typeof workflow !== 'string' || workflow === '') {
    throw new ContractRefused(`Expected the name of a workflow, but found "${String(workflow)}".`);
  }
  if (input !== undefined && !isSchema(input)) {
    throw new ContractRefused(`Expected input of workflow ${workflow} to be a Standard Schema, but it is none.`);
  }
  return { kind: 'workflow-contract', workflow, input, defaults };
}

export function isWorkflowContract(value: unknown): value is WorkflowContract {
  return (value as { kind?: unknown } | null | undefined)?.kind === 'workflow-contract';
}
