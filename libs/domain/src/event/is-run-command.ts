import type { Item } from './frame.js';
import type { RunCommand } from './run-commands.js';

const types: ReadonlySet<string> = new Set<RunCommand['type']>([
  'CancelRequested',
  'PauseRequested',
  'ResumeRequested',
  'PriorityRequested',
]);

/** Is it something that is asked of a run that is there? */
export function isRunCommand(item: Item): item is RunCommand {
  return types.has(item.type);
}
