import { setTimeout as sleep } from 'node:timers/promises';
import { MillraceError } from '@millrace/client';
import type { Command } from 'commander';
import { CommandFailed, exitCodes } from './exit-codes.js';
import { write, type Format } from './print.js';
import { terminalOn, type Terminal } from './terminal.js';

/** A list as it stands now. */
export interface Listing {
  /** As `-o` wants it. */
  readonly text: string;
  /** Not part of the list: it goes to standard error. */
  readonly remark?: string | undefined;
}

export interface Watched {
  readonly watch?: true;
  readonly output: Format;
}

const everyMs = 2_000;

/** `--watch`, for lists that change. */
export function withWatch(command: Command): Command {
  return command.option('--watch', `draws it again every ${everyMs / 1_000} s, on a terminal, until Ctrl-C`);
}

/** Writes a list once; with `--watch` again and again, also while reads fail for a moment. Throws where there is no terminal to draw on. */
export async function showList({ watch, output }: Watched, read: () => Promise<Listing>): Promise<void> {
  const first = await read();
  if (watch !== true) {
    if (first.text !== '') write(first.text);
    if (first.remark !== undefined) process.stderr.write(`${first.remark}\n`);
    return;
  }
  const terminal = terminalOn(process.stdout);
  if (!terminal.isLive || output !== 'table') {
    const message =
      'Expected a terminal and a table for --watch, but there is none: ask again in a loop, or use run watch.';
    throw new CommandFailed(message, exitCodes.usage);
  }
  for (let listing = first; ; listing = await read().catch(forNow)) {
    draw(terminal, listing);
    await sleep(everyMs);
  }
}

/** As much of it as the screen holds: redrawing goes back over all of it. */
function draw(terminal: Terminal, { text, remark }: Listing): void {
  const { rows = 24 } = process.stdout;
  const lines = text.split('\n');
  const room = rows - 3;
  const cut = lines.length > room ? [...lines.slice(0, room - 1), terminal.dim(`... ${lines.length - room + 1} more`)] : lines; // prettier-ignore
  terminal.redraw([...cut, terminal.dim(remark ?? new Date().toLocaleTimeString('en-GB'))]);
}

function forNow(error: unknown): Listing {
  if (error instanceof MillraceError && (error.status === 0 || error.status >= 500)) {
    return { text: error.detail };
  }
  throw error;
}
