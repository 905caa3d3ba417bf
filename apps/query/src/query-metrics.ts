import { gauge, type MetricOf } from '@millrace/runtime';
import type { Tails } from './tail/tails.js';

export interface QueryFacts {
  readonly tails: Pick<Tails, 'open'>;
}

export const queryMetrics: readonly MetricOf<QueryFacts>[] = [
  gauge('millrace_query_open_tails', 'Tails of runs that are open.', ({ tails }) => tails.open),
];
