import { createContext, Script, type Context } from 'node:vm';
import type { Json, TaskIndex } from '@millrace/domain';
import type { Delivery } from '@millrace/protocol';
import { ConditionUndecided, ConditionUnsound, readCondition, type Condition } from '@millrace/protocol/conditions';
import { ConditionFailed } from './errors.js';

/** Conditions that are kept ready; beyond it the one that was read first is read anew. */
const readyMax = 1_000;
/** All conditions behind one task together take at most this long ... */
const decideMsMax = 100;
/** ... in one of so many tries that had the processor for half of that time: a busy machine is no fault of a condition. */
const triesMax = 3;
/** Tries at all. */
const turnsMax = 20;
/** Up to this many characters of conditions and of values, linear conditions are done in milliseconds whatever they are. */
const smallCharsMax = 4_096;

/** Asks the conditions behind a task. */
export class Branches {
  readonly #ready = new Map<string, Condition>();
  readonly #limited: { decide: () => TaskIndex[] } = { decide: () => [] };
  /** A context costs 2 ms: most workers never need it. */
  #context: Context | undefined;
  #script: Script | undefined;

  /**
   * Children whose edge is taken, seen from this result; undefined for a task without conditions. Throws `ConditionFailed`
   * where a condition is neither true nor false, or takes over 100 ms.
   */
  taken({ edges, input }: Delivery, result: Json | undefined): TaskIndex[] | undefined {
    if (edges === undefined) return undefined;
    const asked = edges.map(({ to, when }) => ({ to, condition: this.#read(when) }));
    const decide = (): TaskIndex[] =>
      asked.filter(({ condition }) => holds(condition, input, result)).map(({ to }) => to);
    const isShort =
      asked.every(({ condition }) => condition.isLinear) && isSmall([edges, input ?? null, result ?? null]);
    return isShort ? decide() : this.#inTime(decide);
  }

  #read(when: string): Condition {
    let condition = this.#ready.get(when);
    if (condition !== undefined) return condition;
    try {
      condition = readCondition(when);
    } catch (cause) {
      if (cause instanceof ConditionUnsound) throw new ConditionFailed(when, cause.message, { cause });
      throw cause;
    }
    this.#ready.set(when, condition);
    const [first] = this.#ready.keys();
    if (this.#ready.size > readyMax) this.#ready.delete(first!);
    return condition;
  }

  /** Costs 0.3 ms: Node starts a thread that watches the clock. */
  #inTime(decide: () => TaskIndex[]): TaskIndex[] {
    this.#limited.decide = decide;
    const context = (this.#context ??= createContext(this.#limited));
    const script = (this.#script ??= new Script('decide()'));
    let tries = 0;
    for (let turn = 1; ; turn++) {
      const before = process.threadCpuUsage();
      try {
        return script.runInContext(context, { timeout: decideMsMax }) as TaskIndex[];
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error;
        const { user, system } = process.threadCpuUsage(before);
        if ((user + system) / 1_000 > decideMsMax / 2) tries += 1;
        if (tries >= triesMax || turn >= turnsMax)
          throw new ConditionFailed(undefined, `it takes over ${decideMsMax} ms`, { cause: error });
      }
    }
  }
}

function holds(condition: Condition, input: Json | undefined, result: Json | undefined): boolean {
  try {
    return condition.holds({ input, result });
  } catch (cause) {
    if (cause instanceof ConditionUndecided) throw new ConditionFailed(condition.text, cause.message, { cause });
    throw cause;
  }
}

function isSmall(values: readonly unknown[]): boolean {
  return JSON.stringify(values).length <= smallCharsMax;
}
