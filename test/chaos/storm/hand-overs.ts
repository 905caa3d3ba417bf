import type { FoldedLog } from '../../support/log-of.ts';
import type { TestSystem } from '../../support/local-system.ts';
import type { DoneFault } from './carry-out.ts';
import type { FaultWay } from './plan-faults.ts';

/** Percentiles of a list of milliseconds; 0 of none. */
export interface Spread {
  readonly count: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

/** From a fault of a dispatcher to the claim of its partitions, and to the first dispatch under it. */
export interface HandOvers {
  readonly claim: Spread;
  readonly dispatch: Spread;
  /** The same to the first dispatch, of faults that nothing else that dispatching needs had any share in. */
  readonly dispatchAlone: Spread;
}

interface Took {
  readonly process: number;
  readonly partition: number;
  readonly at: number;
}

/**
 * How long the partitions that a dispatcher owned went without an owner, for each of its faults of one way: from the signal to
 * the next claim in the log, and to the first accepted dispatch after that. A fault after which nobody claimed does not count.
 */
export function handOvers(
  system: TestSystem,
  logs: readonly FoldedLog[],
  faults: readonly DoneFault[],
  way: FaultWay,
): HandOvers {
  const taken = system.logsOf('dispatcher').flatMap(readTaken);
  const claims: number[] = [];
  const dispatches: number[] = [];
  const alone: number[] = [];
  for (const fault of faults.filter((each) => each.kind === 'dispatcher' && each.way === way)) {
    const { process, doneAt } = fault;
    logs.forEach((log, partition) => {
      const before = taken.filter((each) => each.partition === partition && each.at <= doneAt);
      const owner = before.reduce<Took | undefined>((a, b) => (a === undefined || b.at >= a.at ? b : a), undefined);
      if (owner?.process !== process) return;
      const claim = firstAccepted(log, 'PartitionClaimed', doneAt);
      const dispatch = claim === undefined ? undefined : firstAccepted(log, 'TasksDispatched', claim);
      if (claim !== undefined) claims.push(claim - doneAt);
      if (dispatch === undefined) return;
      dispatches.push(dispatch - doneAt);
      if (isAlone(fault, dispatch, faults)) alone.push(dispatch - doneAt);
    });
  }
  return { claim: spreadOf(claims), dispatch: spreadOf(dispatches), dispatchAlone: spreadOf(alone) };
}

/** Longer than the sessions of groups and workers. */
const aftermathMs = 12_000;

/** Did nothing happen to another dispatcher, a worker or the broker, from some seconds before the fault until the dispatch? */
function isAlone(fault: DoneFault, until: number, faults: readonly DoneFault[]): boolean {
  return !faults.some(
    (other) =>
      other !== fault &&
      ['dispatcher', 'worker', 'kafka'].includes(other.kind) &&
      other.doneAt > fault.doneAt - aftermathMs - (other.way === 'freeze' ? other.forMs : 0) &&
      other.doneAt < until,
  );
}

function readTaken(log: string, process: number): Took[] {
  return log.split('\n').flatMap((line) => {
    if (!line.includes('The partition is ours.')) return [];
    const { partition, time } = JSON.parse(line) as { partition: number; time: string | number };
    return [{ process, partition, at: new Date(time).getTime() }];
  });
}

/** Append time of the first frame at or after `from` in which an event of this type was accepted. */
function firstAccepted({ records, facts }: FoldedLog, type: string, from: number): number | undefined {
  const found = records.findIndex(
    ({ at }, index) => at >= from && facts[index]!.some((each) => each.fact === 'accepted' && each.type === type),
  );
  return found === -1 ? undefined : records[found]!.at;
}

function spreadOf(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  return { count: sorted.length, p50Ms: at(0.5), p99Ms: at(0.99), maxMs: sorted.at(-1) ?? 0 };
}
