import type { TaskMoved } from '@millrace/protocol';

/** Of one millisecond; where more moved in it, they are told twice. */
const toldMax = 1_000;

/** What was told of the last millisecond that was read: the next read finds it again. */
export class ToldMoves {
  #told = new Set<string>();
  #fresh: { readonly key: string; readonly movedAt: string }[] = [];

  isNew(task: TaskMoved): boolean {
    const key = `${task.task} ${task.attempt} ${task.status} ${task.movedAt}`;
    if (this.#told.has(key)) return false;
    if (this.#fresh.length === toldMax) this.#fresh.shift();
    this.#fresh.push({ key, movedAt: task.movedAt });
    return true;
  }

  /** Forgets what moved before. */
  keepFrom(atMs: number): void {
    const kept = this.#fresh.filter(({ movedAt }) => Date.parse(movedAt) >= atMs);
    this.#fresh = kept;
    this.#told = new Set(kept.map(({ key }) => key));
  }
}
