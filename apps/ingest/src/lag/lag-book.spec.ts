import type { Heartbeat } from '@millrace/protocol';
import { expect, it } from 'vitest';
import { LagBook } from './lag-book.js';

const start = 1_700_000_000_000;
const minute = 60_000;
const bounds = { eventsMax: 1_000, ageMsMax: 10 * minute };

const dispatcher = (position: number, entries: number, id = 'd1'): Heartbeat => ({
  ...{ v: 1, kind: 'dispatcher', id, at: 0, knows: 1 },
  partitions: [{ partition: 2, epoch: 1, position, entries, waiting: 0, pinned: [] }],
});
const projector = (position: number, entries: number, id = 'p1'): Heartbeat => ({
  ...{ v: 1, kind: 'projector', id, at: 0, knows: 1 },
  ...{ positions: { 2: position }, entries: { 2: entries } },
});
/** Somebody lives, so time goes on. */
const query: Heartbeat = { v: 1, kind: 'query', id: 'q', at: 0, knows: 1 };

function bookOf(...heartbeats: readonly Heartbeat[]): LagBook {
  const book = new LagBook(bounds);
  book.hear(query, start);
  book.sawEnd(2, 100);
  for (const each of heartbeats) book.hear(each, start);
  return book;
}

it('lets a partition be whose readers are within the bounds', () => {
  const book = bookOf(dispatcher(100, 5_000), projector(80, 4_000));
  book.sawEnd(2, 100);
  expect(book.behind(2)).toBeUndefined();
  expect(book.behind(1)).toBeUndefined();
});

it('names the reader that is too many events behind, until it has caught up', () => {
  const book = bookOf(dispatcher(100, 5_000), projector(80, 3_999));
  expect(book.behind(2)).toMatchObject({ reader: 'projector', events: 1_001 });
  book.hear(projector(90, 4_500), start);
  expect(book.behind(2)).toBeUndefined();
});

it('counts what nobody has folded by the average of the frames that it wrote itself', () => {
  const book = bookOf(dispatcher(100, 5_000), projector(100, 5_000));
  book.sawEnd(2, 200);
  expect(book.behind(2)).toBeUndefined();
  for (let offset = 100; offset < 200; offset++) book.appended(2, offset, 100);
  book.sawEnd(2, 200);
  expect(book.behind(2)?.reader).toBe('dispatcher');
  expect(book.behind(2)?.events).toBeGreaterThan(9_000);
});

it('names the reader that is at the same place for too long while the log goes on', () => {
  const book = bookOf(dispatcher(100, 100), projector(100, 100));
  for (let step = 1; step <= 11; step++) {
    const now = start + step * minute;
    book.hear(dispatcher(100 + step, 100 + step), now);
    expect([step, book.behind(2)?.reader]).toEqual([step, undefined]);
  }
  book.hear(dispatcher(112, 112), start + 11.5 * minute);
  expect(book.behind(2)).toMatchObject({ reader: 'projector', events: 12 });
  book.hear(projector(112, 112), start + 11.6 * minute);
  expect(book.behind(2)).toBeUndefined();
});

it('does not call it lag that nothing is written for hours, nor the first event after that', () => {
  const book = bookOf(dispatcher(100, 100), projector(100, 100));
  const later = start + 600 * minute;
  book.hear(query, later);
  book.sawEnd(2, 100);
  book.sawEnd(2, 101);
  expect(book.behind(2)).toBeUndefined();
});

it('counts a silent reader by what it said last, and not one that never spoke', () => {
  const silent = bookOf(dispatcher(100, 5_000), projector(80, 3_000));
  silent.hear(query, start + 5 * minute);
  silent.sawEnd(2, 100);
  expect(silent.behind(2)?.reader).toBe('projector');
  const none = bookOf(dispatcher(100, 5_000));
  expect(none.behind(2)).toBeUndefined();
});

it('takes a dispatcher that never spoke to stand at the first end that was seen', () => {
  const book = bookOf(projector(100, 50_000));
  book.hear(projector(1_101, 50_000), start);
  expect(book.behind(2)).toMatchObject({ reader: 'dispatcher', events: 1_001 });
});

it('does not believe who wakes up and says what is long past', () => {
  const book = bookOf(dispatcher(100, 5_000), projector(100, 5_000, 'p2'), projector(20, 100, 'p1'));
  expect(book.behind(2)).toBeUndefined();
  book.hear(projector(20, 100, 'p1'), start + minute);
  expect(book.behind(2)?.reader).toBe('projector');
});

it('learns from old heartbeats for how long a reader has been behind, so that a restart forgets nothing', () => {
  const book = new LagBook(bounds);
  book.hear(projector(100, 100), start);
  for (let step = 1; step <= 12; step++) book.hear(dispatcher(100 + step, 100 + step), start + step * minute);
  expect(book.behind(2)?.reader).toBe('projector');
});
