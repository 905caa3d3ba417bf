import { Environment, EvaluationError, type ParseResult } from '@marcbachmann/cel-js';
import { conditionCharsMax, type Json } from '@millrace/domain';
import { inspectCondition } from './inspect-condition.js';

/** What a condition sees: of the task that the edge comes from. What is absent is null. */
export interface ConditionScope {
  readonly result: Json | undefined;
  readonly input: Json | undefined;
}

/** The text is no condition. */
export class ConditionUnsound extends Error {
  override readonly name = 'ConditionUnsound';
}

/** The condition is neither true nor false of these values. */
export class ConditionUndecided extends Error {
  override readonly name = 'ConditionUndecided';
}

/** A condition of an edge, ready to be asked. */
export interface Condition {
  readonly text: string;
  /**
   * Every operator and function in it takes at most linear time. Others (`exists`, `matches`, ...) can take long with bad
   * values, and whoever asks limits the time.
   */
  readonly isLinear: boolean;
  /** Throws `ConditionUndecided` with a sentence. */
  holds(scope: ConditionScope): boolean;
}

/** Mixed lists as JSON has them; the limits keep parsing and asking from recursing deep. */
const language = new Environment({
  homogeneousAggregateLiterals: false,
  limits: { maxAstNodes: 512, maxDepth: 32, maxListElements: 256, maxMapEntries: 64, maxCallArguments: 8 },
})
  .registerVariable('result', 'dyn')
  .registerVariable('input', 'dyn');

/**
 * Reads a condition: CEL over `result` and `input` that can give true or false, at most 2,048 characters and 512 parts,
 * without what makes values grow (`map`, `join`, `cel.bind`). Throws `ConditionUnsound` with a sentence. Numbers of
 * JSON are doubles: compared with any number, but counted with `1.0`, or as `int(result.rows) + 1`.
 */
export function readCondition(text: string): Condition {
  if (text.length > conditionCharsMax) {
    throw new ConditionUnsound(`Expected at most ${conditionCharsMax} characters, but found ${text.length}.`);
  }
  const parsed = parse(text);
  const { fault, isLinear } = inspectCondition(parsed.ast);
  if (fault !== undefined) throw new ConditionUnsound(fault);
  const { valid, type, error } = parsed.check();
  if (!valid) throw new ConditionUnsound(`Expected a condition in CEL over result and input, but: ${said(error)}.`);
  if (type !== 'bool' && type !== 'dyn') {
    throw new ConditionUnsound(`Expected something that is true or false, but it is of type ${type}.`);
  }
  return { text, isLinear, holds: (scope) => ask(parsed, scope) };
}

function parse(text: string): ParseResult {
  try {
    return language.parse(text);
  } catch (error) {
    throw new ConditionUnsound(`Expected a condition in CEL, but: ${said(error)}.`, { cause: error });
  }
}

function ask(parsed: ParseResult, { result = null, input = null }: ConditionScope): boolean {
  let answer: unknown;
  try {
    answer = parsed({ result, input });
  } catch (error) {
    if (!(error instanceof EvaluationError) && !(error instanceof RangeError)) throw error;
    throw new ConditionUndecided(`Expected true or false, but: ${said(error)}.`, { cause: error });
  }
  if (typeof answer === 'boolean') return answer;
  throw new ConditionUndecided(`Expected true or false, but it gives ${kindOf(answer)}.`);
}

function said(error: unknown): string {
  const text = (error as { summary?: string }).summary ?? (error as Error).message;
  return text.split('\n')[0]!.slice(0, 200).replace(/\.$/, '').toWellFormed();
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'bigint' || typeof value === 'number' ? 'a number' : `a value of type ${typeof value}`;
}
