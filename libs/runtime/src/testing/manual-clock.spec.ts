import { expect, it } from 'vitest';
import { ManualClock } from './manual-clock.js';

it('fires timers by due time, ties in the order they were set, and those that timers set', () => {
  const clock = new ManualClock(1_000);
  const fired: string[] = [];
  const note = (name: string) => () => void fired.push(`${name}@${clock.now()}`);
  clock.after(20, note('b'));
  clock.after(10, () => {
    note('a')();
    clock.after(5, note('inner'));
  });
  clock.after(20, note('c'));
  const cancel = clock.after(15, note('cancelled'));
  cancel();
  cancel();
  clock.advance(30);
  expect(fired).toEqual(['a@1010', 'inner@1015', 'b@1020', 'c@1020']);
  expect(clock.now()).toBe(1_030);
  expect(clock.timersPending).toBe(0);
});
