import { join } from 'node:path';
import { checkout } from '../checkout.js';

/** The services, in the order in which they are stopped: first who takes work in, last who shows it. */
export const serviceKinds = ['ingest', 'worker', 'dispatcher', 'projector', 'query'] as const;
export type ServiceKind = (typeof serviceKinds)[number];

/** Everything of a system that is a process and may be killed. */
export type ProcessKind = ServiceKind | 'kafka' | 'postgres';

/** Services that cannot do without tables. */
export const needsTables: ReadonlySet<ServiceKind> = new Set(['projector', 'query']);

/** The built program of a service. */
export function programOf(kind: ServiceKind): string {
  return join(checkout, 'apps', kind, 'dist', 'main.js');
}

/** Name of a process in the crew and of its log file; `index` counts from 0. */
export function processName(kind: ServiceKind, index: number): string {
  return `${kind}-${index + 1}`;
}
