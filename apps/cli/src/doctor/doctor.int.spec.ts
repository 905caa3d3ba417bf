import { randomUUID } from 'node:crypto';
import { expect, inject, it, vi } from 'vitest';
import { ran } from '../testing/ran.js';

it('tells what is missing in a cluster without topics, then without services', async () => {
  vi.stubEnv('DATABASE_URL', inject('databaseUrl'));
  try {
    const where = ['--brokers', inject('kafkaBrokers'), '--prefix', `doctor-${randomUUID()}`];
    const states = async (): Promise<Record<string, string>> => {
      const { code, stdout } = await ran('doctor', ...where, '--url', 'http://127.0.0.1:1', '-o', 'json');
      expect(code).toBe(1);
      const { checks } = JSON.parse(stdout) as { checks: { check: string; state: string }[] };
      return Object.fromEntries(checks.map(({ check, state }) => [check, state]));
    };
    expect(await states()).toMatchObject({ broker: 'ok', topics: 'fail', lineage: 'fail', database: 'ok' });
    await ran('topics', 'apply', '--partitions', '2', '--task-partitions', '1', ...where);
    expect(await states()).toMatchObject({ topics: 'ok', lineage: 'ok', services: 'fail', clock: 'ok', lag: 'fail' });
  } finally {
    vi.unstubAllEnvs();
  }
});
