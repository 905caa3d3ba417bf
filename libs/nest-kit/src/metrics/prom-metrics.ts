import type { Durations, MetricOf, Metrics, Sample } from '@millrace/runtime';
import { collectDefaultMetrics, Registry, type Metric } from 'prom-client';

type Value = {
  readonly value: number;
  readonly labels: Readonly<Record<string, string | number>>;
  metricName?: string;
};

/** Of prom-client's own: gauges that end with `_total`, by interfaces of Node that are deprecated. */
const misnamed = /^nodejs_active_/;

/**
 * The metrics of a service in a registry of prom-client, which writes them. Values are made when somebody asks: between two
 * scrapes there is nothing but the plain numbers of whoever counts.
 */
export class PromMetrics implements Metrics {
  readonly #registry = new Registry();

  expose<Source>(metrics: readonly MetricOf<Source>[], source: Source): void {
    for (const metric of metrics) this.#registry.registerMetric(registered(metric, source));
  }

  /** What prom-client knows of a Node process: CPU, memory, garbage collection, delay of the event loop. For a process, once. */
  exposeProcess(): void {
    collectDefaultMetrics({ register: this.#registry });
    for (const { name } of this.#registry.getMetricsAsArray()) {
      if (misnamed.test(name)) this.#registry.removeSingleMetric(name);
    }
  }

  /** Of `text`. */
  get contentType(): string {
    return this.#registry.contentType;
  }

  /** In the text format of Prometheus. */
  text(): Promise<string> {
    return this.#registry.metrics();
  }
}

/** What prom-client asks of the metrics of its registry; it never adds to one. */
function registered<Source>(metric: MetricOf<Source>, source: Source): Metric {
  const { name, help, kind: type } = metric;
  const values = { name, help, type, aggregator: 'sum' };
  return {
    ...values,
    get: () => Promise.resolve({ ...values, values: valuesOf(metric, source) }),
  } as unknown as Metric;
}

function valuesOf<Source>(metric: MetricOf<Source>, source: Source): Value[] {
  if (metric.kind === 'histogram') {
    return [...metric.read(source)].flatMap(([durations, ...labels]) =>
      bucketsOf(metric.name, durations, labelled(metric.labels, labels)),
    );
  }
  const read = metric.read(source);
  const samples: Iterable<Sample> = typeof read === 'number' ? [[read]] : read;
  return Array.from(samples, ([value, ...labels]) => ({ value, labels: labelled(metric.labels, labels) }));
}

function bucketsOf(name: string, { boundsSeconds, counts, sumSeconds }: Durations, labels: Value['labels']): Value[] {
  const metricName = `${name}_bucket`;
  let sum = 0;
  const buckets = counts.map((count, bucket): Value => {
    sum += count;
    return { metricName, value: sum, labels: { ...labels, le: boundsSeconds[bucket] ?? '+Inf' } };
  });
  return [
    ...buckets,
    { metricName: `${name}_sum`, value: sumSeconds, labels },
    { metricName: `${name}_count`, value: sum, labels },
  ];
}

function labelled(names: readonly string[], values: readonly (string | number)[]): Value['labels'] {
  return Object.fromEntries(names.map((name, index) => [name, values[index]!]));
}
