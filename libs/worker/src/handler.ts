import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { handlerNamePattern, type Json, type RunId, type TaskIndex } from '@millrace/domain';
import type { Journal } from '@millrace/runtime';
import type { StandardSchema } from '@millrace/protocol';
import { HandlerRefused } from './errors.js';
import type { ThreadPool } from './threads/thread-pool.js';

/** What a handler knows of the attempt it executes. */
export interface TaskContext {
  readonly run: RunId;
  /** Index of the node in its workflow. */
  readonly task: TaskIndex;
  /** The node's id; `task` for a single task. */
  readonly id: string;
  /** Number of this attempt: rises with every dispatch. */
  readonly attempt: number;
  /**
   * Higher than that of every earlier attempt, and this execution alone has it: a store that refuses lower ones is safe from
   * what a frozen worker still writes. Only a handler with `claimFirst` can read it; throws `FencingTokenUnclaimed` otherwise.
   */
  readonly fencingToken: number;
  /** The same in every attempt of this task run and nowhere else, to be given to services that know such keys. */
  readonly idempotencyKey: string;
  /** Absent for a single task. */
  readonly workflow: string | undefined;
  /**
   * Results of succeeded parents by node id; a parent without result is absent. Throws `ParentResultsTooLarge` where they are
   * over 16 MiB together: read those with `eachParentResult`.
   */
  readonly parentResults: { readonly [id: string]: Json };
  /**
   * The same, however many and large, as pairs of id and result in no certain order; what is over 128 KiB together is read from
   * the log, up to 4 MiB at a time. Throws where the attempt is aborted, and where the log does not answer: let that pass, and
   * the attempt is handed back without a failure.
   */
  eachParentResult(): AsyncIterable<readonly [id: string, result: Json]>;
  /** The result of one parent by its node's id; undefined where it has none. Throws as `eachParentResult` does. */
  parentResult(id: string): Promise<Json | undefined>;
  /** Aborts on cancel, start-to-close, a lost lease and at the end of a drain. What is returned afterwards is ignored. */
  readonly signal: AbortSignal;
  /** What an earlier attempt of this task run last gave to `heartbeat`; undefined where none did. */
  readonly checkpoint: Json | undefined;
  /**
   * Says that the handler lives; a task with a heartbeat timeout is ended where it does not. `details`, I-JSON of at most 128 KiB,
   * are kept as checkpoint for the next attempt: at most once a second, and before a failure is reported. After a crash the last
   * second may be lost. Throws `CheckpointRefused` for details that JSON cannot carry.
   */
  heartbeat(details?: unknown): void;
  /** Of W3C Trace Context, as the run was requested with it; undefined where it had none. */
  readonly traceparent: string | undefined;
  /** Lines written here carry run, task and attempt. */
  readonly logger: Journal;
  /** The execution is ended after this long, in milliseconds. */
  readonly startToCloseMs: number;
}

/**
 * Executes one attempt. Returns its result: I-JSON of at most 128 KiB, or undefined for none. May throw anything; an error
 * with `retryable: false` (`NonRetryableError`) is not tried again. After a crash it may run twice unless it claims first.
 */
export type Handler<Input = never, Returned = unknown> = (
  input: Input,
  context: TaskContext,
) => Returned | PromiseLike<Returned>;

export interface HandlerOptions<Input = unknown> {
  /** The input is validated by it, and the handler gets its output; a refused input is not tried again. */
  readonly schema?: StandardSchema<Input>;
  /** What is returned is validated by it, as JSON carries it; a refused result fails the task run, and is not tried again. */
  readonly result?: StandardSchema;
  /** Ask before each start, so that one attempt never starts twice. Costs a round trip. Default false. */
  readonly claimFirst?: boolean;
}

export interface ServedHandler {
  readonly name: string;
  readonly handler: Handler<unknown>;
  readonly schema: StandardSchema | undefined;
  readonly result: StandardSchema | undefined;
  readonly claimFirst: boolean;
}

/** The handlers that a worker serves, by name. */
export class HandlerTable {
  readonly #served = new Map<string, ServedHandler>();

  /** @param threads runs the handlers of modules; absent where the worker has no threads. */
  constructor(private readonly threads?: ThreadPool) {}

  /** Throws `HandlerRefused` for a name that is none or taken. */
  add(name: string, options: HandlerOptions, given: Handler<unknown> | URL): void {
    if (!handlerNamePattern.test(name)) {
      throw new HandlerRefused(`Expected a handler name of letters, digits, ".", "_" or "-", but found "${name}".`);
    }
    const handler = given instanceof URL ? this.#inThread(name, given) : given;
    if (typeof handler !== 'function') {
      throw new HandlerRefused(
        `Expected handler ${name} to be a function or the URL of a module, but it is ${typeof handler}.`,
      );
    }
    if (this.#served.has(name)) {
      throw new HandlerRefused(`Expected one handler per name, but ${name} was given twice.`);
    }
    const { schema, result, claimFirst = false } = options;
    this.#served.set(name, { name, handler, schema, result, claimFirst });
  }

  #inThread(name: string, module: URL): Handler<unknown> {
    if (this.threads === undefined) {
      throw new HandlerRefused(
        `Expected threads for handler ${name}, which is a module, but the worker has none. Say how many: createWorker({ threads: 2, ... }).`,
      );
    }
    if (module.protocol !== 'file:' || !existsSync(fileURLToPath(module))) {
      throw new HandlerRefused(`Expected handler ${name} to be a module's file, but there is none at ${module.href}.`);
    }
    return this.threads.handler(name, module.href);
  }

  find(name: string): ServedHandler | undefined {
    return this.#served.get(name);
  }

  names(): string[] {
    return [...this.#served.keys()].sort();
  }
}
