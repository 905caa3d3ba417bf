import type { ListRuns } from '@millrace/client';
import { Option, type Command } from 'commander';
import { sortOption } from './sort.js';

const statuses = ['running', 'succeeded', 'failed', 'cancelled', 'timed_out'];

/** What `run list` is asked for: the filters of the API and of the client, under their names. */
export type RunFilter = Omit<ListRuns, 'cursor' | 'waitFor'>;

export function withRunFilter(command: Command): Command {
  return command
    .addOption(new Option('--status <status>').choices(statuses))
    .option('--workflow <name>')
    .option('--tenant <name>')
    .option('--idempotency-key <key>', 'only what was submitted with it')
    .option('--since <time>', 'requested at or after (RFC 3339)')
    .option('--until <time>', 'requested before (RFC 3339)')
    .addOption(sortOption('-requestedAt', 'requestedAt'));
}

/** The filter without what else a command line says. */
export function runFilter(options: RunFilter): RunFilter {
  const { status, workflow, tenant, idempotencyKey, since, until, sort, limit } = options;
  return { status, workflow, tenant, idempotencyKey, since, until, sort, limit };
}
