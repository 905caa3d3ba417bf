import { counter, Durations, histogram, type MetricOf } from '@millrace/runtime';

interface RouteTally {
  readonly method: string;
  readonly route: string;
  readonly byStatus: Map<number, number>;
  readonly took: Durations;
}

/** Answers of a service by route, method and status: as many as the code has routes, whatever is asked for. */
export class HttpTally {
  readonly #routes = new Map<string, Map<string, RouteTally>>();

  /** @param route as it was declared, such as `/v1/runs/:id`; undefined where none matched. */
  answered(method: string, route = 'unmatched', status: number, tookMs: number): void {
    let methods = this.#routes.get(route);
    if (methods === undefined) this.#routes.set(route, (methods = new Map<string, RouteTally>()));
    let tally = methods.get(method);
    if (tally === undefined) {
      methods.set(method, (tally = { method, route, byStatus: new Map(), took: new Durations() }));
    }
    tally.byStatus.set(status, (tally.byStatus.get(status) ?? 0) + 1);
    tally.took.add(tookMs);
  }

  get routes(): RouteTally[] {
    return [...this.#routes.values()].flatMap((methods) => [...methods.values()]);
  }
}

export const httpMetrics: readonly MetricOf<HttpTally>[] = [
  counter(
    'millrace_http_requests_total',
    'Requests that were answered, by route as it is declared; unmatched: no route takes it.',
    ({ routes }) =>
      routes.flatMap(({ method, route, byStatus }) =>
        Array.from(byStatus, ([status, count]) => [count, method, route, status] as const),
      ),
    'method',
    'route',
    'status',
  ),
  histogram(
    'millrace_http_request_duration_seconds',
    'Time from a request to the end of its answer; a tail of a run takes as long as it is read.',
    ({ routes }) => routes.map(({ method, route, took }) => [took, method, route]),
    'method',
    'route',
  ),
];
