import type { Journal } from '@millrace/runtime';
import { FencingTokenUnclaimed } from './errors.js';
import type { TaskContext } from './handler.js';
import type { HandlerBeats } from './handler-beats.js';
import type { HeldAttempt } from './held-attempt.js';
import type { ParentResults } from './parent-results.js';

/** The context of one execution. What costs something is made when it is first asked for. */
export class AttemptContext implements TaskContext {
  readonly #attempt: HeldAttempt;
  readonly #parents: ParentResults;
  readonly #journal: Journal;
  readonly #beats: Pick<HandlerBeats, 'beat'>;
  #logger: Journal | undefined;

  constructor(attempt: HeldAttempt, parents: ParentResults, journal: Journal, beats: Pick<HandlerBeats, 'beat'>) {
    this.#attempt = attempt;
    this.#parents = parents;
    this.#journal = journal;
    this.#beats = beats;
  }

  get run() {
    return this.#attempt.delivery.run;
  }
  get task() {
    return this.#attempt.delivery.task;
  }
  get id() {
    return this.#attempt.delivery.id;
  }
  get attempt() {
    return this.#attempt.delivery.attempt;
  }
  get fencingToken() {
    const { nonce, delivery } = this.#attempt;
    if (nonce === undefined) throw new FencingTokenUnclaimed(delivery.handler);
    return delivery.attempt;
  }
  get idempotencyKey() {
    return `${this.run}-${this.task}`;
  }
  get workflow() {
    return this.#attempt.delivery.workflow;
  }
  get parentResults() {
    return this.#parents.all;
  }
  get eachParentResult() {
    return () => this.#parents.each(this.signal);
  }
  get parentResult() {
    return (id: string) => this.#parents.one(id, this.signal);
  }
  get checkpoint() {
    return this.#attempt.delivery.checkpoint;
  }
  get traceparent() {
    return this.#attempt.delivery.traceparent;
  }
  get startToCloseMs() {
    return this.#attempt.delivery.startToCloseMs;
  }
  get signal() {
    return this.#attempt.signal;
  }
  get heartbeat() {
    return (details?: unknown): void => this.#beats.beat(this.#attempt, details);
  }
  get logger(): Journal {
    return (this.#logger ??= journalOf(this.#journal, this));
  }
}

function journalOf(journal: Journal, { run, task, attempt }: TaskContext): Journal {
  const bound = { run, task, attempt };
  return {
    info: (fields, message) => journal.info({ ...bound, ...fields }, message),
    warn: (fields, message) => journal.warn({ ...bound, ...fields }, message),
    error: (fields, message) => journal.error({ ...bound, ...fields }, message),
  };
}
