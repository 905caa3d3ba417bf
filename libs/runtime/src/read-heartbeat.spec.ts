import { runIdOf } from '@millrace/domain';
import { expect, it } from 'vitest';
import { readHeartbeat } from './read-heartbeat.js';

const bytesOf = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));
const delivery = { run: runIdOf(0, '0'.repeat(32)), task: 0, attempt: 1, epoch: 1, state: 'running', runningMs: 5 };
const worker = {
  v: 1,
  kind: 'worker',
  id: 'w',
  at: 1,
  slots: 1,
  busy: 1,
  handlers: ['h'],
  queues: { default: [0, 3] },
  credits: [1, 0],
  deliveries: [delivery],
};
const owned = { partition: 0, epoch: 1, position: 7, entries: 9, waiting: 0, pinned: [] };
const dispatcher = { v: 1, kind: 'dispatcher', id: 'd', at: 1, knows: 1, partitions: [owned] };

const projector = { v: 1, kind: 'projector', id: 'p', at: 1, knows: 1, positions: { 0: 7 }, entries: { 0: 9 } };

const halted = [{ partition: 3, fault: 'Expected offset 7, but found 9.' }];
it.each([
  worker,
  dispatcher,
  projector,
  { ...dispatcher, halted },
  { ...projector, halted },
  { v: 1, kind: 'query', id: 'q', at: 1, knows: 1 },
])('reads a heartbeat of a $kind', (said) => {
  expect(readHeartbeat(bytesOf(said))).toEqual(said);
});

it.each<[string, unknown]>([
  ['nothing', undefined],
  ['no object', 7],
  ['null', null],
  ['another version', { ...worker, v: 2 }],
  ['a kind from Object.prototype', { ...worker, kind: 'constructor' }],
  ['an empty id', { ...worker, id: '' }],
  ['an endless id', { ...worker, id: 'x'.repeat(201) }],
  ['a handler that is no name', { ...worker, handlers: [7] }],
  ['a queue that is no name', { ...worker, queues: { 'No Where': [1] } }],
  ['queues that are a list', { ...worker, queues: [[1]] }],
  ['a partition that is no number', { ...worker, queues: { default: ['x'] } }],
  ['credits below nothing', { ...worker, credits: [-1] }],
  ['half a credit', { ...worker, credits: [0.5] }],
  ['a delivery of no run', { ...worker, deliveries: [{ ...delivery, run: 7 }] }],
  ['a delivery that is null', { ...worker, deliveries: [null] }],
  ['a delivery in no state', { ...worker, deliveries: [{ ...delivery, state: 'lost' }] }],
  ['an owner of null', { ...dispatcher, partitions: [null] }],
  ['an owner without a position', { ...dispatcher, partitions: [{ partition: 0, epoch: 1 }] }],
  ['a dispatcher that knows no rules', { ...dispatcher, knows: 'all' }],
  ['an owner under rules that are no number', { ...dispatcher, partitions: [{ ...owned, rules: 'x' }] }],
  ['a halted partition without its sentence', { ...dispatcher, halted: [{ partition: 3 }] }],
  ['an endless sentence', { ...projector, halted: [{ partition: 3, fault: 'x'.repeat(1_001) }] }],
  ['a projector without positions', { ...projector, positions: undefined }],
  ['a projector whose entries are no numbers', { ...projector, entries: { 0: 'many' } }],
])('takes %s for no heartbeat', (_title, value) => {
  expect(readHeartbeat(value === undefined ? undefined : bytesOf(value))).toBeUndefined();
}); // prettier-ignore

it('takes bytes that are no JSON for no heartbeat', () => {
  expect(readHeartbeat(Uint8Array.of(0, 255))).toBeUndefined();
});
