import type { Band, Instant, PriorityRequested, RunId, TaskIndex } from '@millrace/domain';
import type { RunHistory } from '../history/run-history.js';
import { QueueWaiting } from './queue-waiting.js';
import type { Waiting, WaitingLine } from './waiting-line.js';

const bandDefault: Band = 3;
const queueDefault = 'default';

interface Bands {
  whole?: Band;
  readonly tasks: Map<TaskIndex, Band>;
}

/** What waits for a worker in a partition, as the events tell: some 150 bytes for each task run that does. */
export class WaitingTasks {
  readonly #queues = new Map<string, QueueWaiting>();
  readonly #runs = new Map<RunId, Map<TaskIndex, Waiting>>();
  /** Bands that runs were given by command. */
  readonly #bands = new Map<RunId, Bands>();
  #seq = 0;

  get queues(): ReadonlyMap<string, QueueWaiting> {
    return this.#queues;
  }

  find(run: RunId, task: TaskIndex): Waiting | undefined {
    return this.#runs.get(run)?.get(task);
  }

  queued(run: RunHistory, task: TaskIndex, since: Instant): void {
    let tasks = this.#runs.get(run.id);
    if (tasks === undefined) this.#runs.set(run.id, (tasks = new Map()));
    const entry: Waiting = { run: run.id, task, seq: ++this.#seq, since, line: undefined };
    tasks.set(task, entry);
    if (!run.isPaused) this.#join(run, entry);
  }

  /** It waits no more; where it was dispatched, the bands of its queue gain their shares. */
  left(run: RunHistory, task: TaskIndex, isDispatched: boolean): void {
    const entry = this.find(run.id, task);
    if (entry === undefined) return;
    this.#runs.get(run.id)!.delete(task);
    const { line } = entry;
    if (line === undefined) return;
    this.#leave(entry, line);
    if (isDispatched) this.#queues.get(line.queue)?.dispatched(line.band);
  }

  paused(run: RunId): void {
    for (const entry of this.#runs.get(run)?.values() ?? [])
      if (entry.line !== undefined) this.#leave(entry, entry.line);
  }

  /** What waited aside stands again where its age belongs. */
  resumed(run: RunHistory): void {
    const tasks = this.#runs.get(run.id) ?? new Map<TaskIndex, Waiting>();
    for (const [task, entry] of tasks) {
      if (entry.line !== undefined) continue;
      const again = { ...entry };
      tasks.set(task, again);
      this.#join(run, again);
    }
  }

  /** The run, or one task run of it, was given another band: what waits changes its place at once. */
  prioritized(run: RunHistory, { task, band }: PriorityRequested): void {
    if (!run.isPaused) this.paused(run.id);
    const bands = this.#bands.get(run.id);
    if (task === undefined) this.#bands.set(run.id, { whole: band, tasks: new Map() });
    else if (bands === undefined) this.#bands.set(run.id, { tasks: new Map([[task, band]]) });
    else bands.tasks.set(task, band);
    if (!run.isPaused) this.resumed(run);
  }

  ended(run: RunId): void {
    this.paused(run);
    this.#runs.delete(run);
    this.#bands.delete(run);
  }

  #join(run: RunHistory, entry: Waiting): void {
    const spec = run.flow.spec(entry.task);
    const given = this.#bands.get(run.id);
    const band = given?.tasks.get(entry.task) ?? given?.whole ?? spec.band ?? run.request.band ?? bandDefault;
    const name = spec.queue ?? queueDefault;
    let queue = this.#queues.get(name);
    if (queue === undefined) this.#queues.set(name, (queue = new QueueWaiting(name)));
    queue.join(entry, band, spec.handler);
  }

  #leave(entry: Waiting, line: WaitingLine): void {
    const queue = this.#queues.get(line.queue)!;
    queue.leave(entry, line);
    if (queue.isEmpty) this.#queues.delete(line.queue);
  }
}
