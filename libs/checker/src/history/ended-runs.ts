import type { RunId, TaskIndex } from '@millrace/domain';
import type { RunHistory } from './run-history.js';

/** What is remembered of a run that has ended. */
export interface EndedRun {
  /** Of the last accepted dispatch, by task. */
  readonly attempts: ReadonlyMap<TaskIndex, number>;
  /** The tasks that a worker must claim first. */
  readonly flow: RunHistory['flow'];
}

/** The runs of a partition that ended last, at most so many: who comes later for another one is not judged. */
export class EndedRuns {
  readonly #runs = new Map<RunId, EndedRun>();
  #hasForgotten = false;

  constructor(private readonly max: number) {}

  /** Something was forgotten: an unknown run may have been one of these. */
  get hasForgotten(): boolean {
    return this.#hasForgotten;
  }

  get(run: RunId): EndedRun | undefined {
    return this.#runs.get(run);
  }

  add({ id, attempts, flow }: RunHistory): void {
    this.#runs.set(id, { attempts, flow });
    if (this.#runs.size <= this.max) return;
    this.#runs.delete(this.#runs.keys().next().value!);
    this.#hasForgotten = true;
  }
}
