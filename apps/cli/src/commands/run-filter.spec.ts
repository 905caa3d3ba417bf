import { Command } from 'commander';
import { expect, it } from 'vitest';
import { runFilter, withRunFilter } from './run-filter.js';

function filterOf(...args: string[]) {
  const command = withRunFilter(new Command('list').exitOverride().configureOutput({ writeErr: () => undefined }));
  command.parse(args, { from: 'user' });
  return JSON.parse(JSON.stringify(runFilter(command.opts()))) as unknown;
}

it('filters and sorts in the words of the API', () => {
  expect(filterOf()).toEqual({ sort: '-requestedAt' });
  expect(filterOf('--sort', 'requestedAt', '--tenant', 't', '--since', '2026-01-01T00:00:00Z')).toEqual({
    ...{ sort: 'requestedAt', tenant: 't', since: '2026-01-01T00:00:00Z' },
  });
  expect(filterOf('--sort', '-requestedAt', '--status', 'failed', '--idempotency-key', 'k')).toEqual({
    ...{ sort: '-requestedAt', status: 'failed', idempotencyKey: 'k' },
  });
  expect(() => filterOf('--sort', 'id')).toThrow('Allowed choices are -requestedAt, requestedAt');
});
