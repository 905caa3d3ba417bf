import { formatDuration } from '../output/duration.js';
import type { Terminal } from '../output/terminal.js';
import type { StepDone } from './local-system-options.js';

const titleWidth = 14;

/** One line per step that is done. */
export function stepLine(terminal: Terminal, { title, detail, tookMs }: StepDone): string {
  const name = title.charAt(0).toUpperCase() + title.slice(1);
  const took = formatDuration(tookMs).padStart(8);
  return `${terminal.good('✓')} ${name.padEnd(titleWidth)} ${terminal.dim(took)}  ${terminal.dim(detail)}`.trimEnd();
}
