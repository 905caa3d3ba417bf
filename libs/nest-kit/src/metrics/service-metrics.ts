import { gauge, type MetricOf } from '@millrace/runtime';
import type { Health } from '../health/health.js';

/** What every service says of itself. */
export interface ServiceFacts {
  readonly name: string;
  readonly version: string;
  readonly health: Health;
}

export const serviceMetrics: readonly MetricOf<ServiceFacts>[] = [
  gauge(
    'millrace_build_info',
    'Which service this is, and its version; always 1.',
    ({ name, version }) => [[1, name, version]],
    'service',
    'version',
  ),
  gauge(
    'millrace_check_ready',
    'Whether a check of /readyz is ready: 1 or 0.',
    ({ health }) => health.report().map(({ name, ready }) => [ready ? 1 : 0, name]),
    'check',
  ),
  gauge(
    'millrace_check_stalled',
    'Whether a check has stalled: 1 or 0; the process ends soon after.',
    ({ health }) => health.report().map(({ name, stalled }) => [stalled ? 1 : 0, name]),
    'check',
  ),
];
