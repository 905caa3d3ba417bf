import type { Durations } from './durations.js';

/** One value, and the values of the metric's labels in their order. */
export type Sample = readonly [value: number, ...labels: (string | number)[]];

/** What is said of every metric. Names and help follow the conventions of Prometheus: base units, a unit or `_total` last. */
interface Described {
  readonly name: string;
  /** A sentence. */
  readonly help: string;
  /** Bounded: partition, queue, or what the code lists. Never a run, a task, a worker or a handler. */
  readonly labels: readonly string[];
}
export interface CounterOf<Source> extends Described {
  readonly kind: 'counter';
  /** Called when somebody asks, and only then; what it gives never goes down while the process lives. */
  readonly read: (source: Source) => number | Iterable<Sample>;
}
export interface GaugeOf<Source> extends Described {
  readonly kind: 'gauge';
  readonly read: (source: Source) => number | Iterable<Sample>;
}
export interface HistogramOf<Source> extends Described {
  readonly kind: 'histogram';
  readonly read: (source: Source) => Iterable<readonly [durations: Durations, ...labels: (string | number)[]]>;
}
/** A metric, and how it is read from whatever counts. */
export type MetricOf<Source> = CounterOf<Source> | GaugeOf<Source> | HistogramOf<Source>;

/**
 * Where a service's numbers are shown. Nothing is pushed: who counts adds to plain numbers, and these are read when somebody
 * asks, so that counting costs an addition and allocates nothing.
 */
export interface Metrics {
  /** Shows what `source` counts from now on. Throws where a name is taken. */
  expose<Source>(metrics: readonly MetricOf<Source>[], source: Source): void;
}

export function counter<Source>(
  name: string,
  help: string,
  read: CounterOf<Source>['read'],
  ...labels: string[]
): CounterOf<Source> {
  return { kind: 'counter', name, help, labels, read };
}

export function gauge<Source>(
  name: string,
  help: string,
  read: GaugeOf<Source>['read'],
  ...labels: string[]
): GaugeOf<Source> {
  return { kind: 'gauge', name, help, labels, read };
}

export function histogram<Source>(
  name: string,
  help: string,
  read: HistogramOf<Source>['read'],
  ...labels: string[]
): HistogramOf<Source> {
  return { kind: 'histogram', name, help, labels, read };
}

/** The metrics of a part, read from the whole that has it. */
export function within<Whole, Part>(
  metrics: readonly MetricOf<Part>[],
  part: (whole: Whole) => Part,
): MetricOf<Whole>[] {
  return metrics.map((metric) => ({ ...metric, read: (whole: Whole) => metric.read(part(whole)) }) as MetricOf<Whole>);
}
