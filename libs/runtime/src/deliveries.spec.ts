import * as given from '@millrace/domain/testing';
import type { Delivery } from '@millrace/protocol';
import { expect, it } from 'vitest';
import { encodeDelivery } from './deliveries.js';

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
