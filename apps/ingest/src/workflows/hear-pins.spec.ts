import type { Heartbeat } from '@millrace/protocol';
import { expect, it } from 'vitest';
import { hearPins } from './hear-pins.js';
import { PinBook } from './pin-book.js';

const version = 'f'.repeat(64);
const owned = { partition: 3, epoch: 1, position: 9, entries: 9, waiting: 0, pinned: [version] };
const owner = { v: 1, kind: 'dispatcher', id: 'd', at: 1, knows: 1, partitions: [owned] } as const;

it('hears which versions are in force where', () => {
  const pins = new PinBook();
  hearPins(owner, pins);
  expect([pins.has(version, 3), pins.has(version, 2)]).toEqual([true, false]);
});

it('passes over versions that are no list, and over who owns nothing', () => {
  const pins = new PinBook();
  hearPins({ ...owner, partitions: [{ ...owned, pinned: 7 as never }] }, pins);
  hearPins({ v: 1, kind: 'query', id: 'q', at: 1, knows: 1 } satisfies Heartbeat, pins);
  expect(pins.has(version, 3)).toBe(false);
});
