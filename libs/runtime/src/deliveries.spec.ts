import * as given from '@millrace/domain/testing';
import type { Delivery } from '@millrace/protocol';
import { expect, it } from 'vitest';
import { encodeDelivery } from './deliveries.js';

it('carries the trace that the run was requested with, and of none where there was none', () => {
  const [traced, plain] = [1, 2].map((n) => ({ run: given.runNamed(n), task: 0 }));
  const { state } = given.givenPartition(
    given.singleRequested({}, { run: traced!.run, traceparent: given.traceparent }),
    given.singleRequested({}, { run: plain!.run }),
    ...[traced!, plain!].map((ref) => given.dispatched(ref)),
  );
  const carried = [traced!, plain!].map(
    ({ run }) => JSON.parse(encodeDelivery(state.runs.get(run)!.inFlight.get(0)!, new Map())!) as Delivery,
  );
  expect(carried.map((delivery) => delivery.traceparent)).toEqual([given.traceparent, undefined]);
});

it('carries the result of a parent that is called __proto__', () => {
  const flow = given.workflow({ ['__proto__']: [], constructor: [], end: ['__proto__', 'constructor'] });
  const [proto, constructor, end] = ['__proto__', 'constructor', 'end'].map((id) => given.taskOf(flow, id));
  const { state } = given.givenPartition(
    ...given.requested(flow),
    ...[proto!, constructor!].flatMap((ref) => [given.dispatched(ref), given.finished(ref, { outcome: { kind: 'succeeded', result: { of: ref.task } } })]), // prettier-ignore
    given.dispatched(end!),
  );
  const delivery = JSON.parse(
    encodeDelivery(state.runs.get(end!.run)!.inFlight.get(end!.task)!, new Map())!,
  ) as Delivery;
  expect(Object.entries(delivery.parents!)).toEqual([
    ['__proto__', { of: 0 }],
    ['constructor', { of: 1 }],
  ]);
});
