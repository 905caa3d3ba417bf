import { bandName, bandsHighestFirst } from '../band.js';
import type { DispatchEntry, TasksDispatched } from '../event/event.js';
import type { PartitionState } from '../partition/partition-state.js';
import type { PromotionTable } from '../queue/promotion.js';
import { FreeCredit } from './free-credit.js';
import { WaitingLines } from './waiting-lines.js';

/**
 * What to dispatch next, from the state alone, so that it can be decided again later. A band of a queue that is owed its
 * share goes first; else the highest band, with the promotion that waiting has earned by the state's time; then the order
 * of queueing. Each goes to the worker with the most free credit that serves its handler on its queue. Undefined where
 * nothing can go. Changes nothing.
 *
 * @param entriesMax entries in the event at most.
 */
export function chooseNext(
  state: PartitionState,
  entriesMax: number,
  promotion?: PromotionTable,
): TasksDispatched | undefined {
  if (state.ready.waiting === 0) return undefined;
  const credit = new FreeCredit(state.workers.all());
  const lines = new WaitingLines(state, credit, promotion);
  const entries: DispatchEntry[] = [];
  const counts = [0, 0, 0, 0, 0, 0];
  let promoted = 0;
  let byShare = 0;
  while (entries.length < entriesMax && credit.left > 0) {
    const next = lines.next();
    if (next === undefined) break;
    const { run, task, attempt } = next.entry;
    const held = next.worker.seen!.queues[next.ring.queue]!;
    const to = held[state.position % held.length]!;
    entries.push({ run: run.id, task, attempt: attempt + 1, worker: next.worker.id, to });
    counts[next.ring.band]! += 1;
    if (next.isByShare) byShare += 1;
    else if (next.isPromoted) promoted += 1;
  }
  if (entries.length === 0) return undefined;
  const bands = bandsHighestFirst
    .filter((band) => counts[band]! > 0)
    .map((band) => `${counts[band]} ${bandName(band)}`);
  const more = `${promoted > 0 ? `, ${promoted} promoted` : ''}${byShare > 0 ? `, ${byShare} by share` : ''}`;
  const reason = `${bands.join(', ')} of ${state.ready.waiting} waiting${more}; most free credit`;
  return { type: 'TasksDispatched', epoch: state.epoch, basis: state.position, reason, entries };
}
