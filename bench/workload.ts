import type { BenchSystem, SystemNeeds } from './bench-system.ts';
import type { Figures } from './figures.ts';

export interface RoundOptions {
  /** How much of the workload's thing: tasks, leaves, nodes, samples. */
  readonly size: number;
}

/** One workload: what a round does and what it measures. A round that loses or doubles anything throws: its figures are void. */
export interface Workload {
  readonly title: string;
  readonly sizeDefault: number;
  readonly warmUpSize: number;
  readonly roundsDefault: number;
  /** Where it is not one of each service and two workers. */
  readonly needs?: SystemNeeds;
  round(system: BenchSystem, options: RoundOptions): Promise<Figures>;
}

/** A workload without servers of ours. */
export interface LoneWorkload extends Omit<Workload, 'needs' | 'round'> {
  readonly needs: 'nothing';
  round(options: RoundOptions): Promise<Figures>;
}

/** CPU by process and summed, in microseconds per `count`. */
export function cpuPer(count: number, cpuUs: Figures): Figures {
  const figures: Record<string, number> = {};
  let sum = 0;
  for (const [name, us] of Object.entries(cpuUs)) {
    figures[`cpuUs ${name}`] = us / count;
    sum += us / count;
  }
  return { 'cpuUs sum': sum, ...figures };
}
