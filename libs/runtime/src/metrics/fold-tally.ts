import {
  isInFlight,
  taskStatusCode,
  taskStatuses,
  taskTransitions,
  type EventType,
  type Rejection,
  type TaskStatus,
} from '@millrace/domain';
import type { Sample } from './metric.js';
import { TallyBy } from './tally-by.js';

/** What a fold that is in force has done: moves of task runs by edge, rejections and quarantines by reason. */
export class FoldTally {
  readonly rejected = new TallyBy<Rejection>();
  readonly quarantined = new TallyBy<string>();
  workersLost = 0;
  readonly #moves = new Float64Array(taskStatuses.length * taskStatuses.length);

  moved(from: TaskStatus, to: TaskStatus): void {
    this.#moves[placeOf(from, to)]! += 1;
  }

  accepted(type: EventType): void {
    if (type === 'WorkerLost') this.workersLost += 1;
  }

  /** By the edges that exist, in the order of the table. */
  *moves(): Generator<Sample> {
    for (const [from, to] of edges) yield [this.#moves[placeOf(from, to)]!, from, to];
  }

  /** Moves to this status, from wherever. */
  movedTo(to: TaskStatus): number {
    let sum = 0;
    for (const from of taskStatuses) sum += this.#moves[placeOf(from, to)]!;
    return sum;
  }

  /** Attempts that have ended or gone back, by the status that followed. */
  *ended(): Generator<Sample> {
    const inFlight = taskStatuses.filter(isInFlight);
    for (const to of taskTransitions.running) {
      yield [inFlight.reduce((sum, from) => sum + this.#moves[placeOf(from, to)]!, 0), to];
    }
  }
}

const edges = taskStatuses.flatMap((from) => taskTransitions[from].map((to): [TaskStatus, TaskStatus] => [from, to]));

function placeOf(from: TaskStatus, to: TaskStatus): number {
  return taskStatusCode[from] * taskStatuses.length + taskStatusCode[to];
}
