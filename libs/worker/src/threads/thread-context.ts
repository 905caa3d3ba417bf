import type { MessagePort } from 'node:worker_threads';
import type { Json } from '@millrace/domain';
import type { Journal } from '@millrace/runtime';
import { checkedCheckpoint } from '../checked-result.js';
import { AttemptRevoked, FencingTokenUnclaimed } from '../errors.js';
import type { TaskContext } from '../handler.js';
import type { FromThread, GivenContext, ToThread } from './thread-protocol.js';

/** The context of an execution in a thread: what it says and hears goes by a port, and is bounded and checked as in the worker. */
export class ThreadContext implements TaskContext {
  readonly run;
  readonly task;
  readonly id;
  readonly attempt;
  readonly workflow;
  readonly idempotencyKey;
  readonly checkpoint;
  readonly traceparent;
  readonly startToCloseMs;
  readonly parentResults;
  readonly signal: AbortSignal;
  readonly logger: Journal;
  readonly #fencingToken: number | undefined;
  readonly #handler: string;
  readonly #port: MessagePort;

  constructor(given: GivenContext, handler: string, port: MessagePort) {
    this.run = given.run;
    this.task = given.task;
    this.id = given.id;
    this.attempt = given.attempt;
    this.workflow = given.workflow;
    this.idempotencyKey = given.idempotencyKey;
    this.checkpoint = given.checkpoint;
    this.traceparent = given.traceparent;
    this.startToCloseMs = given.startToCloseMs;
    this.parentResults = given.parentResults;
    this.#fencingToken = given.fencingToken;
    this.#handler = handler;
    this.#port = port;
    this.signal = signalOf(port);
    this.logger = {
      info: (fields, message) => this.#tell({ level: 'info', fields, message }),
      warn: (fields, message) => this.#tell({ level: 'warn', fields, message }),
      error: (fields, message) => this.#tell({ level: 'error', fields, message }),
    };
  }

  get fencingToken(): number {
    if (this.#fencingToken === undefined) throw new FencingTokenUnclaimed(this.#handler);
    return this.#fencingToken;
  }

  readonly heartbeat = (details?: unknown): void => {
    const checkpoint = checkedCheckpoint(details);
    this.#tell({ beat: checkpoint === undefined ? {} : { details: checkpoint } });
  };

  readonly parentResult = async (id: string): Promise<Json | undefined> =>
    Object.hasOwn(this.parentResults, id) ? this.parentResults[id] : undefined;

  async *eachParentResult(): AsyncGenerator<readonly [string, Json]> {
    yield* Object.entries(this.parentResults);
  }

  #tell(message: FromThread): void {
    this.#port.postMessage(message);
  }
}

function signalOf(port: MessagePort): AbortSignal {
  const controller = new AbortController();
  port.on('message', ({ abort }: ToThread) => controller.abort(new AttemptRevoked(abort)));
  return controller.signal;
}
