import { foldLog, type FoldedLog } from '../../support/log-of.ts';
import type { TestSystem } from '../../support/local-system.ts';
import { mayMove } from '@millrace/domain';

/** Every partition of the log as a fold has it. */
export async function foldLogs(system: TestSystem): Promise<readonly FoldedLog[]> {
  const logs: FoldedLog[] = [];
  for (let partition = 0; partition < system.partitions; partition++) logs.push(await foldLog(system, partition));
  return logs;
}

/** Moves of task runs that the table does not have, that do not begin where the last one ended, or that dispatch an attempt twice. */
export function illegalMoves(logs: readonly FoldedLog[]): string[] {
  const illegal: string[] = [];
  for (const { facts } of logs) {
    const status = new Map<string, string>();
    const attempts = new Map<string, number>();
    for (const each of facts.flat()) {
      if (each.fact !== 'transition') continue;
      const { run, task, from, to, move } = each;
      const key = `${run} ${task}`;
      const at = status.get(key) ?? 'pending';
      const attempt = attempts.get(key) ?? 0;
      if (at !== from || !mayMove(from, to)) illegal.push(`${key}: ${from} -> ${to} at ${at}`);
      if (to === 'dispatched' && move.attempt !== attempt + 1)
        illegal.push(`${key}: attempt ${move.attempt} after ${attempt}`);
      if (to === 'dispatched') attempts.set(key, move.attempt!);
      status.set(key, to);
    }
  }
  return illegal;
}

/** Runs of the log, by id: how each ended, or undefined for one that has not. */
export function endsOf(logs: readonly FoldedLog[]): ReadonlyMap<string, string | undefined> {
  const ends = new Map<string, string | undefined>();
  for (const each of logs.flatMap(({ facts }) => facts.flat())) {
    if (each.fact === 'born') ends.set(each.run, undefined);
    if (each.fact === 'ended') ends.set(each.run, each.status);
  }
  return ends;
}
