import type { Command } from 'commander';
import { addUp } from './up.js';

/** The table of contents: every command of `millrace`. */
export function addCommands(program: Command): void {
  for (const add of [addUp]) add(program);
}
