import { setTimeout as sleep } from 'node:timers/promises';
import { MillraceError, type MillraceClient } from '@millrace/client';
import type { RunDetail } from '@millrace/protocol';
import { errorText, paintStatus, runLines, tookText } from '../output/run-lines.js';
import type { Terminal } from '../output/terminal.js';

const pollMs = 100;
/** States that are not worth a line. */
const waiting: ReadonlySet<string> = new Set(['pending', 'scheduled', 'queued']);

/** What a live terminal shows of a run. */
export type Draw = (detail: RunDetail) => readonly string[] | Promise<readonly string[]>;

/**
 * Shows how a run moves until it has ended, and gives it: a table that is drawn again on a terminal, a line per change elsewhere. Reads
 * that fail for a moment are asked again. Throws the signal's reason.
 */
export async function watchRun(
  client: MillraceClient,
  id: string,
  terminal: Terminal,
  signal: AbortSignal,
  draw: Draw = (detail) => runLines(terminal, detail, Date.now()),
): Promise<RunDetail> {
  const shown = new Map<number, string>();
  for (;;) {
    signal.throwIfAborted();
    const detail = await client.getRun(id).catch(forNow);
    if (detail !== undefined) {
      await show(detail, terminal, shown, draw);
      if (detail.run.status !== 'running') {
        terminal.settle();
        return detail;
      }
    }
    await sleep(pollMs, undefined, { signal }).catch(() => undefined);
  }
}

async function show(detail: RunDetail, terminal: Terminal, shown: Map<number, string>, draw: Draw): Promise<void> {
  if (terminal.isLive) return terminal.redraw(await draw(detail));
  const width = Math.max(...detail.tasks.map(({ id }) => id.length));
  for (const task of detail.tasks) {
    const state = task.status === 'dispatched' ? 'running' : task.status;
    if (waiting.has(state) || shown.get(task.task) === state) continue;
    shown.set(task.task, state);
    const took = task.finishedAt === null ? '' : tookText(task, Date.now());
    const line = `  ${task.id.padEnd(width)}  ${paintStatus(terminal, state, state.padEnd(13))} ${took}`;
    terminal.line(`${line.trimEnd()}${errorText(task)}`);
  }
}

/** Not shown yet, or not readable for a moment: the run is in the log and goes on. */
function forNow(error: unknown): undefined {
  if (error instanceof MillraceError && (error.status === 404 || error.status === 0 || error.status >= 500)) return;
  throw error;
}
