import { expect, it } from 'vitest';
import { createWorker } from './create-worker.js';

it.each([
  ['no broker', { brokers: [] }, 'brokers'],
  ['no queue', { queues: [] }, 'queues'],
  ['a bad queue name', { queues: ['Not A Queue'] }, 'queues'],
  ['no slot', { slots: 0 }, 'slots'],
  ['no thread', { threads: 0 }, 'threads'],
  ['half a slot', { slots: 1.5 }, 'slots'],
  ['too little memory', { inputBytesMax: 1_000 }, 'inputBytesMax'],
  ['a name with blanks', { name: 'my worker' }, 'name'],
])('refuses %s with a sentence', (_what, options, option) => {
  expect(() => createWorker({ brokers: '127.0.0.1:9092', ...options })).toThrow(
    expect.objectContaining({ name: 'WorkerOptionsInvalid', message: expect.stringContaining(`Expected ${option} `) }),
  );
});

it('refuses a handler name that is none or taken, and a handler that is no function', () => {
  const worker = createWorker({ brokers: '127.0.0.1:9092' }).handle('hello', () => 'hello');
  expect(() => worker.handle('hello', () => 'again')).toThrow('hello was given twice');
  expect(() => worker.handle('two words', () => 1)).toThrow('Expected a handler name');
  expect(() => worker.handle('text', 'not a function' as never)).toThrow('Expected handler text to be a function');
  expect(() => worker.handle('there', new URL(import.meta.url))).toThrow('createWorker({ threads: 2');
});
