export interface CreditOptions {
  readonly slots: number;
  readonly logPartitions: number;
  /** Per log partition, where tasks are short. */
  readonly creditsMax: number;
  /** Median of recent run times, undefined where not known. */
  readonly medianMs: number | undefined;
  /** Which partition gets the first odd slot: differs from worker to worker. */
  readonly turn: number;
}

/** Tasks this short may queue behind busy slots. */
const shortMs = 1_000;
/** What is granted beyond the slots should wait no longer than this: beyond one second it would be handed back. */
const waitMs = 500;
/** A heartbeat lists every delivery and must fit into one record. */
export const deliveriesMax = 4_096;

/**
 * How many dispatched, unfinished tasks of each log partition the worker accepts. Slots are spread, at least one each;
 * where the median run time is known and under a second, as much more as the slots work off in half a second, up to
 * `creditsMax` each. Larger grants make larger batches and longer waits of what is dispatched too early.
 */
export function creditsByPartition({ slots, logPartitions, creditsMax, medianMs, turn }: CreditOptions): number[] {
  const short = medianMs !== undefined && medianMs < shortMs;
  const total = short ? slots + Math.floor((slots * waitMs) / Math.max(1, medianMs)) : slots;
  const each = Math.floor(total / logPartitions);
  const odd = total % logPartitions;
  const most = Math.max(1, Math.min(creditsMax, Math.floor(deliveriesMax / logPartitions)));
  return Array.from({ length: logPartitions }, (_, partition) => {
    const mine = each + ((partition + turn) % logPartitions < odd ? 1 : 0);
    return Math.max(1, short ? Math.min(mine, Math.max(most, Math.ceil(slots / logPartitions))) : mine);
  });
}
