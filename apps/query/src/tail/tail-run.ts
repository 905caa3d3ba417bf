import type { MovePlace, ReadModel, RunMoves } from '@millrace/postgres';
import { tailPositionText, type RunView, type TailEvent, type TaskMoved } from '@millrace/protocol';
import type { Clock } from '@millrace/runtime';
import { ToldMoves } from './told-moves.js';

export interface TailParts {
  readonly model: Pick<ReadModel, 'moves' | 'followOffset'>;
  readonly clock: Clock;
  /** It ends after this long; the caller goes on with a tail of its own. */
  readonly openMsMax: number;
}

/** A comment is sent this often where nothing moves: proxies cut what is silent. */
const beatMs = 5_000;
/** Between two readings, times the time that the last one took: a long run costs Postgres a fifth of one connection at most. */
const restRatio = 4;
/** What a browser waits before it comes back. */
const retryMs = 1_000;

/**
 * The lines of an event stream: how the run and its task runs stand, then each move, as far as the projection shows them, until the run has
 * ended. A slow reader misses states in between, never the last one. Holds one page of rows. Throws what reading throws.
 */
export async function* tailRun(
  { model, clock, openMsMax }: TailParts,
  first: RunMoves,
  sinceMs: number,
): AsyncGenerator<string> {
  const until = clock.uptimeMs() + openMsMax;
  const told = new ToldMoves();
  const id = first.run.id;
  let since = sinceMs;
  let shown: RunView | undefined;
  let readMs = 0;
  const read = async (after: MovePlace): Promise<RunMoves | undefined> => {
    const startedAt = clock.uptimeMs();
    const moves = await model.moves(id, after);
    readMs += clock.uptimeMs() - startedAt;
    return moves;
  };
  yield `retry: ${retryMs}\n\n`;
  for (let page: RunMoves | undefined = first; ;) {
    const { run, atMs, offset } = page;
    const place = (ms: number, isEnd = false): string =>
      tailPositionText({ partition: run.partition, offset, atMs: ms, isEnd });
    if (run.status === 'running' && !isSame(run, shown)) {
      shown = run;
      yield eventText(place(since), { kind: 'run', run });
    }
    for (let part: RunMoves | undefined = page; part !== undefined;) {
      for (const task of part.tasks) {
        if (told.isNew(task)) yield eventText(place(Math.min(movedMs(task), atMs)), { kind: 'task', task });
      }
      part = part.next === undefined ? undefined : await read(part.next);
    }
    if (run.status !== 'running') return yield eventText(place(atMs, true), { kind: 'run', run });
    told.keepFrom(atMs);
    since = atMs;
    while (!(await model.followOffset(run.partition, offset + 1n, beatMs))) {
      if (clock.uptimeMs() >= until) return;
      yield ': nothing moved\n\n';
    }
    if (clock.uptimeMs() >= until) return;
    await rest(clock, restRatio * readMs);
    readMs = 0;
    page = await read({ movedMs: since, task: -1 });
    if (page === undefined) return;
  }
}

function eventText(id: string, event: TailEvent): string {
  const name = event.kind === 'run' ? runWord(event.run) : event.task.status;
  return `id: ${id}\nevent: ${event.kind}.${name}\ndata: ${JSON.stringify(event)}\n\n`;
}

/** Pause is no status, but a change that people wait for. */
function runWord({ status, pausedAt }: RunView): string {
  return status === 'running' && pausedAt !== null ? 'paused' : status;
}

function isSame(run: RunView, shown: RunView | undefined): boolean {
  return shown !== undefined && shown.pausedAt === run.pausedAt;
}

function movedMs(task: TaskMoved): number {
  return Date.parse(task.movedAt);
}

function rest(clock: Clock, ms: number): Promise<void> {
  return new Promise((resolve) => void clock.after(ms, resolve));
}
