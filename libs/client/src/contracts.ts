import {
  issueSentences,
  keysOf,
  type SchemaIssue,
  type StandardSchema,
  type SubmitRun,
  type SubmitTask,
  type TaskContract,
  type TaskRunView,
  type WorkflowContract,
} from '@millrace/protocol';
import { MillraceError } from './millrace-error.js';

/** The input is named where its schema asks for one. */
type WithInput<Input> = undefined extends Input ? { readonly input?: Input } : { readonly input: Input };

/** A task of a contract: what `SubmitTask` has beside the handler, with the input that the contract says. */
export type TypedTask<Input> = Omit<SubmitTask, 'handler' | 'input'> & WithInput<Input>;
/** A run of a workflow contract. */
export type TypedRun<Input> = Omit<SubmitRun, 'workflow' | 'input'> & WithInput<Input>;

/** What a contract's task says beside the contract; nothing where the input may be left out. */
export type TaskArguments<Input> = undefined extends Input ? [task?: TypedTask<Input>] : [task: TypedTask<Input>];
export type RunArguments<Input> = undefined extends Input ? [run?: TypedRun<Input>] : [run: TypedRun<Input>];

/**
 * The task as it is submitted, its input checked as JSON will carry it: for `submitBulk` and `submitStream`. Throws `MillraceError` with
 * code `input-mismatch`, which names each field, what was expected and what was found.
 */
export async function taskFor<Input>(
  contract: TaskContract<Input, unknown, unknown, unknown>,
  ...[task = {} as TypedTask<Input>]: TaskArguments<Input>
): Promise<SubmitTask> {
  const { handler, defaults, input: schema } = contract as TaskContract;
  const submit: SubmitTask = { ...defaults, ...(task as Omit<SubmitTask, 'handler'>), handler };
  await checkInput(schema, submit.input, `task ${handler}`);
  return submit;
}

/** The same of a run. */
export async function runFor<Input>(
  contract: WorkflowContract<Input>,
  ...[run = {} as TypedRun<Input>]: RunArguments<Input>
): Promise<SubmitRun> {
  const { workflow, defaults, input: schema } = contract as WorkflowContract;
  const submit: SubmitRun = { ...defaults, ...(run as Omit<SubmitRun, 'workflow'>), workflow };
  await checkInput(schema, submit.input, `workflow ${workflow}`);
  return submit;
}

/**
 * The result of a task run of this contract, as its schema gives it out. Throws `MillraceError`: `run-not-succeeded` where it has none,
 * `result-mismatch` where what the handler returned is something else.
 */
export async function resultOf<Result>(
  contract: TaskContract<unknown, unknown, unknown, Result>,
  { status, handler, result, error, reason }: Pick<TaskRunView, 'status' | 'handler' | 'result' | 'error' | 'reason'>,
): Promise<Result> {
  if (handler !== contract.handler) {
    const detail = `Expected a task run of handler ${contract.handler}, but it is one of ${handler}.`;
    throw new MillraceError({ code: 'result-mismatch', status: 0, detail });
  }
  if (status !== 'succeeded') {
    const message = (error as { message?: unknown } | null)?.message;
    const why = typeof message === 'string' ? `: ${message}` : reason === null ? '' : `: ${reason}`;
    const detail = `Expected the task run of ${handler} to succeed, but it is ${status}${why}`;
    throw new MillraceError({ code: 'run-not-succeeded', status: 0, detail, cause: error });
  }
  const schema = contract.result;
  if (schema === undefined) return result as Result;
  const outcome = await schema['~standard'].validate(result);
  if (outcome.issues === undefined) return outcome.value;
  // A handler that returned nothing has the result null.
  const nothing = result === null ? await schema['~standard'].validate(undefined) : undefined;
  if (nothing !== undefined && nothing.issues === undefined) return nothing.value;
  throw mismatch('result', `task ${handler}`, outcome.issues, result);
}

async function checkInput(schema: StandardSchema | undefined, input: unknown, of: string): Promise<void> {
  if (schema === undefined) return;
  const sent = carried(input, of);
  const outcome = await schema['~standard'].validate(sent);
  if (outcome.issues === undefined) return;
  throw mismatch('input', of, outcome.issues, sent);
}

/** What arrives of it: a `Date` is text by then, and what is undefined is not there. */
function carried(input: unknown, of: string): unknown {
  try {
    const text = JSON.stringify(input) as string | undefined;
    return text === undefined ? undefined : (JSON.parse(text) as unknown);
  } catch (cause) {
    const detail = `Expected the input of ${of} to be JSON, but: ${(cause as Error).message}.`;
    throw new MillraceError({ code: 'input-mismatch', status: 0, detail, cause });
  }
}

function mismatch(what: 'input' | 'result', of: string, issues: readonly SchemaIssue[], value: unknown): MillraceError {
  const sentences = issueSentences(issues, value, what);
  const faults = sentences.map((message, place) => ({
    code: 'value-invalid',
    message,
    path: `/${[what, ...keysOf(issues[place]!.path ?? [])].map(escaped).join('/')}`,
  }));
  const detail = `Expected the ${what} of ${of} to match its schema, but: ${sentences.join('; ')}.`;
  return new MillraceError({ code: `${what}-mismatch`, status: 0, detail, faults });
}

/** A reference token of a JSON pointer (RFC 6901). */
function escaped(key: PropertyKey): string {
  return String(key).replaceAll('~', '~0').replaceAll('/', '~1');
}
