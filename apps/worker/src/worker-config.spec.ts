import { expect, it } from 'vitest';
import { readConfig } from '@millrace/nest-kit';
import { workerConfig } from './worker-config.js';

it('serves the queue default with 100 slots and no handler where nothing is said', () => {
  expect(readConfig(workerConfig, {})).toMatchObject({
    MILLRACE_WORKER_HANDLERS: [],
    MILLRACE_WORKER_QUEUES: ['default'],
    MILLRACE_WORKER_SLOTS: 100,
    MILLRACE_WORKER_THREADS: 0,
  });
});

it('reads lists separated by commas', () => {
  const env = { MILLRACE_WORKER_HANDLERS: 'a.js, b.js,', MILLRACE_WORKER_QUEUES: 'default,mail' };
  expect(readConfig(workerConfig, env)).toMatchObject({
    MILLRACE_WORKER_HANDLERS: ['a.js', 'b.js'],
    MILLRACE_WORKER_QUEUES: ['default', 'mail'],
  });
});

it.each([
  ['MILLRACE_WORKER_QUEUES', 'Not A Queue'],
  ['MILLRACE_WORKER_QUEUES', ','],
  ['MILLRACE_WORKER_SLOTS', '0'],
  ['MILLRACE_WORKER_THREADS', '-1'],
  ['MILLRACE_WORKER_THREADS', '257'],
])('refuses %s=%s', (name, value) => {
  expect(() => readConfig(workerConfig, { [name]: value })).toThrow(name);
});
