import { MillraceError, type MillraceClient } from '@millrace/client';
import type { RunDetail } from '@millrace/protocol';
import { exitCodes } from '../output/exit-codes.js';
import { printOne, type Format } from '../output/print.js';
import { runPage } from '../output/run-page.js';
import { terminalOn } from '../output/terminal.js';
import { watchRun } from '../up/watch-run.js';

/** About 24 days: the longest that a timer can hold. */
export const waitSecondsMax = 2_147_483;

/**
 * Waits until a run has ended and prints it; on a terminal it shows how the run moves. The exit code is 7 where it did not succeed. Throws
 * `MillraceError` with code `wait-over`.
 */
export async function waitAndPrint(
  client: MillraceClient,
  run: string,
  format: Format,
  timeoutSeconds: number,
): Promise<void> {
  const terminal = terminalOn(process.stdout);
  const timeoutMs = timeoutSeconds * 1_000;
  const isWatched = format === 'table' && terminal.isLive;
  const detail = await (isWatched ? watch(client, run, timeoutMs) : client.waitForRun(run, { timeoutMs }));
  printOne(format, detail, runPage(terminal, detail, Date.now()));
  if (detail.run.status !== 'succeeded') process.exitCode = exitCodes.runFailed;
}

async function watch(client: MillraceClient, run: string, timeoutMs: number): Promise<RunDetail> {
  const detail = `Expected run ${run} to end within ${timeoutMs} ms, but it has not.`;
  const over = new AbortController();
  const timer = setTimeout(() => over.abort(new MillraceError({ code: 'wait-over', status: 0, detail })), timeoutMs);
  try {
    const terminal = terminalOn(process.stdout);
    const ended = await watchRun(client, run, terminal, over.signal);
    terminal.line();
    return ended;
  } finally {
    clearTimeout(timer);
  }
}
