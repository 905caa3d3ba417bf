import { bandsHighestFirst, type Band, type PartitionState } from '@millrace/domain';
import type { OwnedLine } from '@millrace/protocol';

/** Lines that a dispatcher tells at most, of all its partitions together: some 200 KB of a heartbeat. */
export const ownedLinesMax = 2_000;

/**
 * What waits and what is in flight by queue and band, where there is any: most waiting first. What waits of paused runs is not
 * counted. Linear in what is in flight.
 */
export function ownedLines({ ready, workers }: PartitionState): OwnedLine[] {
  const lines = new Map<string, { -readonly [Name in keyof OwnedLine]: OwnedLine[Name] }>();
  const lineOf = (queue: string, band: Band) => {
    const key = `${queue} ${band}`;
    const line = lines.get(key) ?? { queue, band, waiting: 0, dispatched: 0, running: 0 };
    lines.set(key, line);
    return line;
  };
  for (const waiting of ready.queues()) {
    for (const band of bandsHighestFirst) {
      const count = waiting.waitingByBand[band]!;
      if (count === 0) continue;
      const heads = [...waiting.ringsOf(band)].map((ring) => ring.waiting().next().value?.since ?? Infinity);
      const line = lineOf(waiting.queue, band);
      line.waiting = count;
      line.since = Math.min(...heads);
    }
  }
  for (const { inFlight } of workers.all()) {
    for (const { run, task, band, startedAt } of inFlight) {
      const line = lineOf(run.task(task).queue, band);
      if (startedAt === undefined) line.dispatched += 1;
      else line.running += 1;
    }
  }
  return [...lines.values()].sort((one, other) => other.waiting - one.waiting);
}
