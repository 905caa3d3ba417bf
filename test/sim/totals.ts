import type { FaultClass } from './faults/fault-plan.ts';
import type { Violation } from './oracles/oracles.ts';
import type { ScenarioResult } from './scenario.ts';

/** A seed under which something was that must not be. */
export interface Failure {
  readonly seed: number;
  readonly violations: readonly Violation[];
  /** Those that are left after every class that it does not need was left out. */
  readonly faults: Partial<Record<FaultClass, number>>;
  /** Replays it. */
  readonly command: string;
  /** The last things that happened before. */
  readonly story: readonly string[];
}

/**
 * Attempts by what is promised of their handlers: `claimFirst` is executed once at most; so it is not where the brokers
 * have lost the end of a log that they had acknowledged (`claimFirstEndLost`), and not without it (`rest`).
 */
export const executedKinds = ['claimFirst', 'claimFirstEndLost', 'rest'] as const;

export type ExecutedKind = (typeof executedKinds)[number];

interface Executed {
  attempts: number;
  times: number;
  timesMax: number;
}

/** What a run of scenarios comes to. */
export interface Totals {
  scenarios: number;
  tasks: number;
  events: number;
  faults: Partial<Record<FaultClass, number>>;
  violations: number;
  lost: number;
  stuck: number;
  executed: Record<ExecutedKind, Executed>;
  /** Of maimed partitions, each by one process. */
  halts: number;
  steps: number;
  /** Virtual time of all scenarios. */
  virtualMs: number;
  failures: Failure[];
}

export function noTotals(): Totals {
  const executed = (): Executed => ({ attempts: 0, times: 0, timesMax: 0 });
  return {
    ...{
      scenarios: 0,
      tasks: 0,
      events: 0,
      faults: {},
      violations: 0,
      lost: 0,
      stuck: 0,
      halts: 0,
      steps: 0,
      virtualMs: 0,
    },
    executed: { claimFirst: executed(), claimFirstEndLost: executed(), rest: executed() },
    failures: [],
  };
}

export function totalsOf(result: ScenarioResult): Totals {
  const { tasks, events, violations, lost, isStuck, executed, halts, steps, virtualMs } = result;
  const faults = Object.fromEntries(result.faults);
  return {
    ...{
      scenarios: 1,
      tasks,
      events,
      faults,
      violations: violations.length,
      lost,
      stuck: isStuck ? 1 : 0,
      halts,
      steps,
      virtualMs,
    },
    executed: structuredClone(executed),
    failures: [],
  };
}

/** Adds `more` to `sum`. */
export function add(sum: Totals, more: Totals): void {
  for (const name of [
    'scenarios',
    'tasks',
    'events',
    'violations',
    'lost',
    'stuck',
    'halts',
    'steps',
    'virtualMs',
  ] as const)
    sum[name] += more[name];
  for (const kind of Object.keys(more.faults) as FaultClass[])
    sum.faults[kind] = (sum.faults[kind] ?? 0) + more.faults[kind]!;
  for (const kind of executedKinds) {
    const [into, from] = [sum.executed[kind], more.executed[kind]];
    into.attempts += from.attempts;
    into.times += from.times;
    into.timesMax = Math.max(into.timesMax, from.timesMax);
  }
  sum.failures.push(...more.failures);
}

export function faultsOf({ faults }: Totals): number {
  return Object.values(faults).reduce((sum, count) => sum + count, 0);
}
