import { bandName, bandsHighestFirst, type Band, type DispatchEntry, type PartitionState } from '../index.js';
import { shareDefault, shareOf } from '../queue/band-shares.js';
import { promotionDefault } from '../queue/promotion.js';

interface Waiting {
  readonly key: string;
  readonly queue: string;
  readonly handler: string;
  readonly band: Band;
  readonly counts: number;
  readonly seq: number;
}

/**
 * I18 from its words, without the code that decides: what the entries passed over, in their order, on this state. A sentence
 * for each entry that went before something eligible of a strictly higher effective band, or earlier in the same, unless its
 * band was owed its share; and for each that went while another band was owed. `isAll`: whatever could go has gone.
 */
export function passedOver(state: PartitionState, entries: readonly DispatchEntry[], isAll: boolean): string[] {
  const faults: string[] = [];
  const waiting = new Map([...allWaiting(state)].map((one) => [one.key, one]));
  const free = new Map(
    [...state.workers.all()].map(({ id, seen, inFlight }) => [id, (seen?.credits ?? 0) - inFlight.size] as const),
  );
  const gained = new Map<string, number[]>(
    [...state.ready.queues()].map(({ queue, shares }) => [queue, [...shares.gained]]),
  );
  const isEligible = ({ queue, handler }: Waiting): boolean =>
    [...state.workers.all()].some(
      ({ id, seen }) =>
        seen !== undefined &&
        free.get(id)! > 0 &&
        seen.handlers.includes(handler) &&
        Object.hasOwn(seen.queues, queue) &&
        seen.queues[queue]!.length > 0,
    );
  const isOwed = ({ queue, band }: Waiting): boolean => gained.get(queue)![band]! + shareDefault[band] >= shareOf;
  for (const entry of entries) {
    const taken = waiting.get(`${entry.run}/${entry.task}`)!;
    const others = [...waiting.values()].filter((one) => one !== taken && isEligible(one));
    const above = others.filter((one) => (isOwed(one) && !isOwed(taken)) || (!isOwed(taken) && goesBefore(one, taken)));
    for (const one of above)
      faults.push(`${bandName(taken.band)} ${taken.key} before ${bandName(one.band)} ${one.key}`);
    waiting.delete(taken.key);
    free.set(entry.worker, free.get(entry.worker)! - 1);
    const counts = gained.get(taken.queue)!;
    if (isOwed(taken)) counts[taken.band]! -= shareOf;
    for (const band of bandsHighestFirst) {
      const waits = [...waiting.values()].some((one) => one.queue === taken.queue && one.band === band);
      counts[band] = waits ? Math.min(counts[band]! + shareDefault[band], 2 * shareOf) : 0;
    }
  }
  if (isAll) faults.push(...[...waiting.values()].filter(isEligible).map(({ key }) => `${key} stayed behind`));
  return faults;
}

function goesBefore(one: Waiting, other: Waiting): boolean {
  return one.counts > other.counts || (one.counts === other.counts && one.seq < other.seq);
}

function* allWaiting(state: PartitionState): Generator<Waiting> {
  for (const band of bandsHighestFirst) {
    for (const { queue, handler, waiting } of [...state.ready.rings(band)].map((ring) => ({
      queue: ring.queue,
      handler: ring.handler,
      waiting: [...ring.waiting()],
    }))) {
      for (const { run, task, seq, since } of waiting) {
        const promotion = promotionDefault[band];
        const isPromoted = promotion !== undefined && state.time - since >= promotion.afterMs;
        const counts = Math.min(5, band + (isPromoted ? promotion.bands : 0));
        yield { key: `${run.id}/${task}`, queue, handler, band, counts, seq };
      }
    }
  }
}
