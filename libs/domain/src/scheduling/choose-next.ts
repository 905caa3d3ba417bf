import { bandName, bandsHighestFirst } from '../band.js';
import type { DispatchEntry, TasksDispatched } from '../event/event.js';
import type { PartitionState } from '../partition/partition-state.js';
import type { WorkerState } from '../partition/workers.js';
import type { ReadyEntry, ReadyRing } from '../queue/ready-queue.js';

interface Candidate {
  readonly worker: WorkerState;
  free: number;
}
interface Line {
  readonly ring: ReadyRing;
  readonly waiting: Generator<ReadyEntry>;
  readonly candidates: readonly Candidate[];
  head: ReadyEntry | undefined;
}

/**
 * What to dispatch next, from the state alone, so that it can be decided again later: highest band first, then the order
 * of queueing; each to the worker with the most free credit that serves its handler on its queue. Undefined where nothing
 * can go. Changes nothing.
 *
 * @param entriesMax entries in the event at most.
 */
export function chooseNext(state: PartitionState, entriesMax: number): TasksDispatched | undefined {
  if (state.ready.waiting === 0) return undefined;
  const all = freeWorkers(state);
  const entries: DispatchEntry[] = [];
  let bands = '';
  for (const band of bandsHighestFirst) {
    const before = entries.length;
    const lines = [...state.ready.rings(band)]
      .map((ring) => lineOf(ring, all))
      .filter((line) => line.candidates.length > 0);
    takeInOrder(state, lines, entries, entriesMax);
    if (entries.length > before) bands += `${bands === '' ? '' : ', '}${entries.length - before} ${bandName(band)}`;
    if (entries.length >= entriesMax) break;
  }
  if (entries.length === 0) return undefined;
  const reason = `${bands} of ${state.ready.waiting} waiting; most free credit`;
  return { type: 'TasksDispatched', epoch: state.epoch, basis: state.position, reason, entries };
}

function freeWorkers(state: PartitionState): Candidate[] {
  const free: Candidate[] = [];
  for (const worker of state.workers.all()) {
    if (worker.seen === undefined) continue;
    const credits = worker.seen.credits - worker.inFlight.size;
    if (credits > 0) free.push({ worker, free: credits });
  }
  return free;
}

function lineOf(ring: ReadyRing, all: readonly Candidate[]): Line {
  const candidates = all.filter(({ worker: { seen } }) => {
    const held = Object.hasOwn(seen!.queues, ring.queue) ? seen!.queues[ring.queue]! : [];
    return held.length > 0 && seen!.handlers.includes(ring.handler);
  });
  const waiting = ring.waiting();
  return { ring, waiting, candidates, head: candidates.length > 0 ? (waiting.next().value ?? undefined) : undefined };
}

function takeInOrder(
  state: PartitionState,
  lines: readonly Line[],
  entries: DispatchEntry[],
  entriesMax: number,
): void {
  while (entries.length < entriesMax) {
    const line = earliest(lines);
    if (line === undefined) return;
    const candidate = freest(line.candidates);
    if (candidate === undefined) {
      line.head = undefined;
      continue;
    }
    const { run, task, attempt } = line.head!;
    const held = candidate.worker.seen!.queues[line.ring.queue]!;
    const to = held[state.position % held.length]!;
    entries.push({ run: run.id, task, attempt: attempt + 1, worker: candidate.worker.id, to });
    candidate.free -= 1;
    line.head = line.waiting.next().value ?? undefined;
  }
}

function earliest(lines: readonly Line[]): Line | undefined {
  let best: Line | undefined;
  for (const line of lines) {
    if (line.head !== undefined && (best === undefined || line.head.seq < best.head!.seq)) best = line;
  }
  return best;
}

function freest(candidates: readonly Candidate[]): Candidate | undefined {
  let best: Candidate | undefined;
  for (const candidate of candidates) {
    if (candidate.free > 0 && (best === undefined || candidate.free > best.free)) best = candidate;
  }
  return best;
}
