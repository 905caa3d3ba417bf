import type { Json } from '@millrace/domain';
import { issueSentences } from '@millrace/protocol';
import { InputRefused, ResultRefused } from './errors.js';
import type { ServedHandler } from './handler.js';

/** The input as the handler's schema gives it out; a promise where the schema takes its time. Throws `InputRefused`. */
export function acceptedInput({ name, schema }: ServedHandler, input: unknown): unknown {
  if (schema === undefined) return input;
  const outcome = schema['~standard'].validate(input);
  const read = (found: Awaited<typeof outcome>): unknown => {
    if (found.issues === undefined) return found.value;
    throw new InputRefused(name, issueSentences(found.issues, input, 'input'));
  };
  return outcome instanceof Promise ? outcome.then(read) : read(outcome);
}

/** The result as it was returned, once its schema takes it; a promise where the schema takes its time. Throws `ResultRefused`. */
export function acceptedResult(
  { name, result: schema }: ServedHandler,
  result: Json | undefined,
): Json | undefined | Promise<Json | undefined> {
  if (schema === undefined) return result;
  const outcome = schema['~standard'].validate(result);
  const read = (found: Awaited<typeof outcome>): Json | undefined => {
    if (found.issues === undefined) return result;
    const sentences = issueSentences(found.issues, result, 'result').join('; ');
    throw new ResultRefused(`Expected the result of handler ${name} to match its schema, but: ${sentences}.`);
  };
  return outcome instanceof Promise ? outcome.then(read) : read(outcome);
}
