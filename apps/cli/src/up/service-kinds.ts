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

/** Those that keep the state of every run that has not ended. */
const keepsState: ReadonlySet<ServiceKind> = new Set(['dispatcher', 'projector']);

/**
 * Flags of Node for a service. The young generation of those that keep the state is 2 x 16 MiB at most: 128 MiB by default,
 * which a burst fills and which stays resident, beside 220 MB of state with a million waiting runs.
 */
export function nodeFlagsOf(kind: ServiceKind): readonly string[] {
  return keepsState.has(kind) ? ['--max-semi-space-size=16'] : [];
}

/** Name of a process in the crew and of its log file; `index` counts from 0. */
export function processName(kind: ServiceKind, index: number): string {
  return `${kind}-${index + 1}`;
}
