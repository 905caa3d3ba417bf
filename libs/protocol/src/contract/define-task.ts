import { handlerNamePattern } from '@millrace/domain';
import type { SubmitTask } from '../api/write.js';
import { isSchema, type StandardSchema } from './standard-schema.js';

/** What a task asks for that names no queue, band, retry or timeout of its own. */
export type TaskDefaults = Pick<
  SubmitTask,
  | 'queue'
  | 'band'
  | 'retry'
  | 'startToCloseMs'
  | 'heartbeatTimeoutMs'
  | 'scheduleToStartMs'
  | 'scheduleToCloseMs'
  | 'claimFirst'
>;

/**
 * What publisher and worker agree on: the handler's name, and schemas of its input and result. A publisher gives `Input`, the handler gets
 * `Parsed`; it returns `Returned`, and who reads the result gets `Result`. Each side checks: what is sent, as JSON carries it, before it
 * is sent, and what arrives again.
 */
export interface TaskContract<Input = unknown, Parsed = unknown, Returned = unknown, Result = unknown> {
  readonly kind: 'task-contract';
  readonly handler: string;
  readonly input: StandardSchema<Parsed, Input> | undefined;
  readonly result: StandardSchema<Result, Returned> | undefined;
  readonly defaults: TaskDefaults;
}

/** What a publisher gives. */
export type InputOf<Contract> = Contract extends TaskContract<infer Input, unknown, unknown, unknown> ? Input : never;
/** What the handler gets. */
export type HandlerInputOf<Contract> =
  Contract extends TaskContract<unknown, infer Parsed, unknown, unknown> ? Parsed : never;
/** What who reads the result gets. */
export type ResultOf<Contract> =
  Contract extends TaskContract<unknown, unknown, unknown, infer Result> ? Result : never;

export interface TaskContractOptions<Input, Parsed, Returned, Result> extends TaskDefaults {
  /** A Standard Schema (zod, valibot, arktype, ...). Default: any input. */
  readonly input?: StandardSchema<Parsed, Input>;
  /** Default: any result. */
  readonly result?: StandardSchema<Result, Returned>;
}

/** A contract that cannot be one. */
export class ContractRefused extends Error {
  override readonly name = 'ContractRefused';
}

/**
 * Names a handler, made once and given to both sides: `client.submitTask(resizeImage, { input })` and `worker.handle(resizeImage, fn)`.
 * What else is given is what its tasks ask for by default. Throws `ContractRefused`.
 */
export function defineTask<Input = unknown, Parsed = Input, Returned = unknown, Result = Returned>(
  handler: string,
  { input, result, ...defaults }: TaskContractOptions<Input, Parsed, Returned, Result> = {},
): TaskContract<Input, Parsed, Returned, Result> {
  if (typeof handler !== 'string' || !handlerNamePattern.test(handler)) {
    throw new ContractRefused(
      `Expected a handler name of letters, digits, ".", "_" or "-", but found "${String(handler)}".`,
    );
  }
  for (const [name, schema] of Object.entries({ input, result })) {
    if (schema === undefined || isSchema(schema)) continue;
    throw new ContractRefused(`Expected ${name} of task ${handler} to be a Standard Schema, but it is none.`);
  }
  return { kind: 'task-contract', handler, input, result, defaults };
}

export function isTaskContract(value: unknown): value is TaskContract {
  return (value as { kind?: unknown } | null | undefined)?.kind === 'task-contract';
}
