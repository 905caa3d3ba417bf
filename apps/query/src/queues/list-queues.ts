import { bandName, bandsHighestFirst, type Band } from '@millrace/domain';
import type { OwnedLine, OwnedPartition, QueueList, QueueView, WorkerView } from '@millrace/protocol';

type Owners = ReadonlyMap<number, { readonly owned: OwnedPartition }>;

/** What the owners of all partitions say of each queue, together, and how many workers serve it; by name. */
export function listQueues(owners: Owners, workers: readonly WorkerView[]): Pick<QueueList, 'queues' | 'partitions'> {
  const lines = [...owners.values()].flatMap(({ owned }) => owned.lines ?? []);
  const held = workers.flatMap(({ queues }) => Object.keys(queues).filter((queue) => queues[queue]!.length > 0));
  const names = [...new Set([...lines.map(({ queue }) => queue), ...held])].sort();
  const queues = names.map((queue) =>
    queueView(
      queue,
      lines.filter((line) => line.queue === queue),
      workers,
    ),
  );
  return { queues, partitions: owners.size };
}

function queueView(queue: string, lines: readonly OwnedLine[], workers: readonly WorkerView[]): QueueView {
  const serving = workers.filter(
    ({ queues, draining, leaving }) =>
      !draining && !leaving && Object.hasOwn(queues, queue) && queues[queue]!.length > 0,
  );
  const bandView = (band: Band) => ({ band: bandName(band), ...counts(lines.filter((line) => line.band === band)) });
  return { queue, ...counts(lines), workers: serving.length, bands: bandsHighestFirst.map(bandView) };
}

function counts(lines: readonly OwnedLine[]) {
  const sum = (of: (line: OwnedLine) => number): number => lines.reduce((total, line) => total + of(line), 0);
  const since = Math.min(...lines.map((line) => line.since ?? Infinity));
  return {
    waiting: sum(({ waiting }) => waiting),
    oldestAt: Number.isFinite(since) ? new Date(since).toISOString() : null,
    dispatched: sum(({ dispatched }) => dispatched),
    running: sum(({ running }) => running),
  };
}
