import { readFileSync } from 'node:fs';
import { decodeFrame } from '@millrace/protocol';
import type { FoldedLog } from '../../support/log-of.ts';

/** What the handlers themselves noted of their starts. */
export interface Starts {
  readonly starts: number;
  /** Attempts that began at all. */
  readonly attempts: number;
  /** Attempts that ran more often than was promised: twice without a claim, or more than once with `careful`. */
  readonly tooOften: readonly string[];
}

/**
 * Compares the file in which noting-handlers.mjs writes each start with the claims in the log: an attempt starts once, and a second
 * time only under a claim; a handler that always claims starts once.
 */
export function readStarts(file: string, logs: readonly FoldedLog[]): Starts {
  const lines = readFileSync(file, 'utf8').split('\n').filter(Boolean);
  const counts = new Map<string, number>();
  for (const line of lines) {
    const key = line.split(' ').slice(0, 3).join(' ');
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  const claimed = new Set<string>();
  const careful = new Set<string>();
  for (const { records } of logs) {
    for (const item of records.flatMap(({ value }) => decodeFrame(value, 1).items)) {
      if (item.type === 'TaskStarted' && item.nonce !== undefined)
        claimed.add(`${item.run} ${item.task} ${item.attempt}`);
      if (item.type === 'RunRequested' && item.task?.handler === 'careful') careful.add(item.run);
    }
  }
  const promised = (key: string): number => (claimed.has(key) && !careful.has(key.split(' ')[0]!) ? 2 : 1);
  const tooOften = [...counts]
    .filter(([key, count]) => count > promised(key))
    .map(([key, count]) => `${key}: ${count}`);
  return { starts: lines.length, attempts: counts.size, tooOften };
}
