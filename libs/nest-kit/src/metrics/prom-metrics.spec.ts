import { counter, Durations, gauge, histogram } from '@millrace/runtime';
import { expect, it } from 'vitest';
import { HttpTally, httpMetrics } from './http-tally.js';
import { PromMetrics } from './prom-metrics.js';

it('shows what is counted now, with labels, and a histogram with cumulative buckets', async () => {
  const took = new Durations([0.01, 0.1]);
  const facts = { done: 0, took };
  const metrics = new PromMetrics();
  metrics.expose<typeof facts>(
    [
      counter('done_total', 'Done.', ({ done }) => done),
      gauge('waiting', 'Waiting.', () => [[3, 'a"b', 1], [4, 'c', 2]], 'queue', 'partition'),
      histogram('took_seconds', 'Took.', (of) => [[of.took]]),
    ],
    facts,
  ); // prettier-ignore
  facts.done = 7;
  for (const ms of [5, 10, 11, 5_000]) took.add(ms);
  expect(await metrics.text()).toBe(`# HELP done_total Done.
# TYPE done_total counter
done_total 7

# HELP waiting Waiting.
# TYPE waiting gauge
waiting{queue="a\\"b",partition="1"} 3
waiting{queue="c",partition="2"} 4

# HELP took_seconds Took.
# TYPE took_seconds histogram
took_seconds_bucket{le="0.01"} 2
took_seconds_bucket{le="0.1"} 3
took_seconds_bucket{le="+Inf"} 4
took_seconds_sum 5.026
took_seconds_count 4
`);
});

it('refuses a name that is taken', () => {
  const metrics = new PromMetrics();
  const one = [counter('once_total', 'Once.', () => 1)];
  metrics.expose(one, undefined);
  expect(() => metrics.expose(one, undefined)).toThrow('once_total');
});

it('counts answers by declared route, however many paths are asked for', async () => {
  const tally = new HttpTally();
  for (let asked = 0; asked < 3; asked++) tally.answered('GET', '/v1/runs/:id', 200, 2);
  tally.answered('GET', undefined, 404, 1);
  const metrics = new PromMetrics();
  metrics.expose(httpMetrics, tally);
  const text = await metrics.text();
  expect(text).toContain('millrace_http_requests_total{method="GET",route="/v1/runs/:id",status="200"} 3\n');
  expect(text).toContain('millrace_http_requests_total{method="GET",route="unmatched",status="404"} 1\n');
  expect(text).toContain('millrace_http_request_duration_seconds_count{method="GET",route="/v1/runs/:id"} 3\n');
});
