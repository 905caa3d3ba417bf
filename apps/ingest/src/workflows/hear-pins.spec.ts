import { expect, it } from 'vitest';
import { hearPins } from './hear-pins.js';
import { PinBook } from './pin-book.js';

const version = 'f'.repeat(64);
const recordOf = (value: unknown): Parameters<typeof hearPins>[0] => ({
  offset: 0,
  at: 0,
  value: new TextEncoder().encode(typeof value === 'string' ? value : JSON.stringify(value)),
  crc: undefined,
  leaderEpoch: 0,
});
const owner = { v: 1, kind: 'dispatcher', id: 'd', at: 1, knows: 1 };

it('hears which versions are in force where', () => {
  const pins = new PinBook();
  hearPins(
    recordOf({ ...owner, partitions: [{ partition: 3, epoch: 1, position: 9, waiting: 0, pinned: [version] }] }),
    pins,
  );
  expect([pins.has(version, 3), pins.has(version, 2)]).toEqual([true, false]);
});

it.each(['\u0000', 'null', '7', '{}', ...[[null], [7], [{ partition: 1, pinned: 7 }], 'x', null].map((partitions) => ({ ...owner, partitions }))])(
  'passes over %j',
  (value) => expect(() => hearPins(recordOf(value), new PinBook())).not.toThrow(),
); // prettier-ignore
