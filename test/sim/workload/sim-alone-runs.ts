import type { Performances } from './performances.ts';
import type { SimProcess } from '../world/sim-process.ts';
import type { WorkerParts } from '@millrace/worker/engine';

type AloneRuns = NonNullable<WorkerParts['alone']>;

/** Child processes of a worker, each for one attempt under suspicion. What kills one is reported by the worker, which lives. */
export class SimAloneRuns implements AloneRuns {
  readonly #process: SimProcess;
  readonly #performances: Performances;

  constructor(process: SimProcess, performances: Performances) {
    this.#process = process;
    this.#performances = performances;
  }

  run(...[delivery, signal, onEnd]: Parameters<AloneRuns['run']>): void {
    const { run, task, attempt, handler } = delivery;
    const beginning = this.#performances.begin(this.#process, handler, { run, task, attempt });
    const { forMs, end } = this.#performances.draw(handler);
    let isOver = false;
    const over = (how: Parameters<typeof onEnd>[0]): void => {
      if (isOver) return;
      isOver = true;
      onEnd(how);
    };
    const error = { name: 'Error', message: 'It failed alone.' };
    this.#process.effect(forMs, `alone: ${end}`, () => {
      if (end === 'kills') return over({ kind: 'died', error });
      if (end === 'succeeds' || end === 'hangs') return over({ kind: 'succeeded' });
      beginning.hasFailed = true;
      over({ kind: 'failed', error, retryable: end === 'fails', chance: 500_000 });
    });
    signal.addEventListener('abort', () => over({ kind: 'died', error }));
  }

  stop(): void {}
}
