import type { Json } from '@millrace/domain';
import { readText } from './workflow-file.js';
import { CommandFailed, exitCodes } from './output/exit-codes.js';

/** What `--input` says: JSON itself, or `@file` with JSON. Undefined where it was not given. */
export function jsonInput(text: string | undefined): Json | undefined {
  if (text === undefined) return undefined;
  const source = text.startsWith('@') ? readText(text.slice(1)) : text;
  try {
    return JSON.parse(source) as Json;
  } catch (cause) {
    const what = text.startsWith('@') ? `${text.slice(1)} to hold JSON` : '--input to be JSON or @file';
    throw new CommandFailed(`Expected ${what}, but: ${(cause as Error).message}.`, exitCodes.usage, { cause });
  }
}
