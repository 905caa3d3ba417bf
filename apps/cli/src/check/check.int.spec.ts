import { randomUUID } from 'node:crypto';
import { expect, inject, it } from 'vitest';
import { runMain } from '../run-main.js';

it('finds nothing wrong in a log that was just born, and says where there is none', async () => {
  const where = ['--brokers', inject('kafkaBrokers'), '--prefix', `check-${randomUUID()}`];
  expect(await runMain(['check', ...where])).toBe(3);
  expect(await runMain(['topics', 'apply', '--partitions', '2', '--task-partitions', '1', ...where])).toBe(0);
  expect(await runMain(['check', ...where])).toBe(0);
});
