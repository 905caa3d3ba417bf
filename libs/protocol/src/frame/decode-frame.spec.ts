import type { Event, EventType, Frame } from '@millrace/domain';
import * as given from '@millrace/domain/testing';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { decodeFrame } from './decode-frame.js';
import { decodeItem } from './decode-item.js';
import { encodeFrame, encodeItem } from './encode-frame.js';

/** Generous: the machine may be busy, and nothing here waits. */
vi.setConfig({ testTimeout: 60_000 });

const { single } = given;
const etl = given.workflow({ extract: [], load: ['extract'] });
const everyEvent: { readonly [Type in EventType]: Extract<Event, { type: Type }> } = {
  PartitionBorn: given.born(),
  PartitionClaimed: given.claimed(),
  WorkflowPinned: given.pinned(etl),
  RunRequested: given.singleRequested(
    {
      ...{ queue: 'q', delayMs: 0, scheduleToStartMs: 1, scheduleToCloseMs: 2 },
      retry: { delayMs: 0, policy: 'fixed', totalMs: 1, nonRetryable: ['Refused'] },
    },
    { input: { deep: [1, 'é'] }, band: 5, runAt: 0, delayMs: 0, scheduleToCloseMs: 1 },
  ),
  CancelRequested: given.cancelled({ reason: 'asked', asksVerdict: true }),
  PauseRequested: given.paused({ reason: 'asked', asksVerdict: true }),
  ResumeRequested: given.resumed({ asksVerdict: true }),
  GapAccepted: given.gapAccepted(),
  RulesAdvanced: given.rulesAdvanced(),
  PriorityRequested: given.prioritized({ task: 0, asksVerdict: true }),
  WorkersSeen: given.workersSeen({}),
  TasksDispatched: given.dispatched(single),
  TaskStarted: given.started(single, { nonce: 'n' }),
  CheckpointSaved: given.saved(single, { page: 7 }, { nonce: 'n' }),
  TaskFinished: given.failed(single, { nonce: 'n', retryAfterMs: 0 }),
  TaskReturned: given.returned(single, { nonce: 'n' }),
  TasksRecalled: given.recalled(single, { claim: 'n' }),
  AttemptsOverran: given.overran(single, { claim: 'n', silentMs: 7 }),
  StartsSeen: given.startsSeen(single),
  WorkerLost: given.workerLost(),
  RunSwept: given.swept(),
  TimersFired: given.timersFired(),
};
const good = given.cancelled();
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const decode = (text: string): Frame => decodeFrame(bytes(text), 1);
const frameOf = (...items: string[]): string => encodeFrame('writer', 1, 5, items);
const causes = ({ items }: Frame): string[] => items.map((item) => (item.type === 'unreadable' ? item.cause : 'read'));

it.each(Object.values(everyEvent))('reads back a $type as it was written', (event) => {
  const frame = { by: 'a"\\é', seq: 7, now: 1_700_000_000_000, items: [event, event] };
  expect(decode(encodeFrame(frame.by, frame.seq, frame.now, frame.items.map(encodeItem)))).toEqual(frame);
});

describe('bytes that are no frame are one unreadable item', () => {
  const bomb = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);
  it.each<[string, string, string]>([
    ['no JSON', 'not-json', '{'],
    ['nothing', 'not-json', ''],
    ['a byte order mark', 'not-json', `\ufeff${frameOf('{}')}`],
    ['null', 'not-a-frame', 'null'],
    ['a list', 'not-a-frame', '[]'],
    ['a depth bomb', 'not-a-frame', bomb(400_000)],
    ['another version', 'frame-version', '{"v":2,"by":"w","seq":1,"now":1,"items":[1]}'],
    ['a version that is a depth bomb', 'frame-version', `{"v":${bomb(200_000)}}`],
    ['an empty writer', 'frame-by', '{"v":1,"by":"","seq":1,"now":1,"items":[1]}'],
    ['a long writer', 'frame-by', `{"v":1,"by":"${'w'.repeat(129)}","seq":1,"now":1,"items":[1]}`],
    ['seq 0', 'frame-seq', '{"v":1,"by":"w","seq":0,"now":1,"items":[1]}'],
    ['a seq that is a depth bomb', 'frame-seq', `{"v":1,"by":"w","seq":${bomb(200_000)}}`],
    ['a broken now', 'frame-now', '{"v":1,"by":"w","seq":1,"now":1.5,"items":[1]}'],
    ['no items', 'frame-items', '{"v":1,"by":"w","seq":1,"now":1,"items":[]}'],
    ['items that are no list', 'frame-items', '{"v":1,"by":"w","seq":1,"now":1,"items":{"0":1}}'],
    ['an unknown field', 'frame-field', '{"v":1,"by":"w","seq":1,"now":1,"items":[1],"x":1}'],
    ['a field __proto__', 'frame-field', '{"v":1,"by":"w","seq":1,"now":1,"items":[1],"__proto__":{}}'],
    ['members behind __proto__', 'frame-version', '{"__proto__":{"v":1,"by":"w","seq":1,"now":1,"items":[1]}}'],
    ['U+0000 in the writer', 'nul-in-string', '{"v":1,"by":"\\u0000","seq":1,"now":1,"items":[1]}'],
    ['a lone surrogate in the writer', 'lone-surrogate', '{"v":1,"by":"\\ud800","seq":1,"now":1,"items":[1]}'],
  ])('%s: %s', (_title, cause, text) => {
    const frame = decode(text);
    expect({ ...frame, items: causes(frame) }).toEqual({ by: '', seq: 0, now: 0, items: [cause] });
  });

  it('no value', () => expect(causes(decodeFrame(undefined, 1))).toEqual(['no-value']));
  it('invalid UTF-8', () => {
    expect(causes(decodeFrame(Uint8Array.of(0x22, 0xff, 0x22), 1))).toEqual(['not-json']);
    expect(causes(decodeFrame(Uint8Array.of(0x22, 0xed, 0xa0, 0x80, 0x22), 1))).toEqual(['not-json']);
  });
});

it('of duplicate keys takes the last', () => {
  expect(decode(`{"v":2,"v":1,"by":"w","by":"x","seq":1,"now":1,"items":[],"items":[${encodeItem(good)}]}`)).toEqual({
    by: 'x',
    seq: 1,
    now: 1,
    items: [good],
  });
  expect(decode(frameOf(encodeItem(good).replace('"command"', '"command":1,"command"'))).items).toEqual([good]);
});

describe('one bad item never costs its neighbours', () => {
  const payload = (json: string): string =>
    encodeItem(given.singleRequested({}, { input: 0 })).replace('"input":0', `"input":${json}`);
  it.each<[string, string, string]>([
    ['a scalar', 'not-an-event', '1'],
    ['null', 'not-an-event', 'null'],
    ['a list', 'not-an-event', '[]'],
    ['no type', 'unknown-kind', '{}'],
    ['an unknown type', 'unknown-kind', '{"type":"TaskVanished"}'],
    ['a type from Object.prototype', 'unknown-kind', '{"type":"constructor"}'],
    ['a type that is a depth bomb', 'unknown-kind', `{"type":${'['.repeat(200_000)}${']'.repeat(200_000)}}`],
    ['a member __proto__', 'bad-field', encodeItem(good).replace('{', '{"__proto__":{"run":1},')],
    ['a member of a later issue', 'bad-field', encodeItem(good).replace('{', '{"idempotencyKey":"k",')],
    ['a missing member', 'bad-field', '{"type":"CancelRequested"}'],
    ['both workflow and task', 'bad-field', encodeItem({ ...given.singleRequested(), workflow: { name: 'a', version: '0'.repeat(64) } })],
    ['neither workflow nor task', 'bad-field', JSON.stringify({ ...given.singleRequested(), task: undefined })],
    ['a payload nested 61 deep', 'bad-field', payload('['.repeat(61) + ']'.repeat(61))],
    ['a payload that is a depth bomb', 'bad-field', payload('['.repeat(200_000) + ']'.repeat(200_000))],
    ['a huge list', 'bad-field', `{"type":"WorkersSeen","epoch":1,"workers":[${'0,'.repeat(300_000)}0]}`],
    ['2^53 + 1', 'number-not-a-double', payload('9007199254740993')],
    ['1e400', 'number-not-a-double', payload('[1e400]')],
    ['U+0000', 'nul-in-string', payload('{"a":"\\u0000"}')],
    ['a lone surrogate as key', 'lone-surrogate', payload('{"\\udfff":1}')],
  ])('%s: %s', (_title, cause, item) => {
    const frame = decode(frameOf(encodeItem(good), item, encodeItem(good)));
    expect(causes(frame)).toEqual(['read', cause, 'read']);
  }); // prettier-ignore

  it('a payload nested 60 deep is read', () => {
    expect(causes(decode(frameOf(payload('['.repeat(60) + ']'.repeat(60)))))).toEqual(['read']);
  });

  it('a payload keeps a member named __proto__ as plain data', () => {
    const [item] = decode(frameOf(payload('{"__proto__":{"a":1}}'))).items;
    expect(JSON.stringify((item as { input?: unknown }).input)).toBe('{"__proto__":{"a":1}}');
    expect(({} as { a?: unknown }).a).toBeUndefined();
  });
});

it('says of what it cannot read only what every store can hold', () => {
  const nul = decode('{"v":1,"by":"w","seq":1,"now":1,"items":[1],"\\u0000\\ud800":1}');
  const cut = decodeItem({ type: `${'x'.repeat(58)}😀` }, 1);
  const key = decodeItem({ ...given.workersSeen({ queues: { [`${'x'.repeat(59)}😀`]: 1 as never } }) }, 1);
  for (const item of [...nul.items, cut, key]) {
    const { detail } = item as { detail: string };
    expect(detail.isWellFormed() && !detail.includes('\0')).toBe(true);
  }
});

describe('a member of the wrong type makes its item unreadable and says which', () => {
  const wrong = [null, true, -1, 1.5, 1e300, '', [], {}, [[]], { a: 1 }];
  it.each(Object.values(everyEvent))('$type', (event) => {
    for (const key of Object.keys(event)) {
      const faults = wrong.map((value) => decodeItem({ ...event, [key]: value }, 1));
      const read = wrong.filter((_, index) => faults[index]!.type !== 'unreadable');
      expect(read.length, `${key}: ${JSON.stringify(read)}`).toBeLessThanOrEqual(
        ['input', 'checkpoint'].includes(key) ? wrong.length : 3,
      );
      for (const fault of faults) {
        if (fault.type === 'unreadable' && fault.cause === 'bad-field')
          expect(fault.detail).toMatch(RegExp(`^(${key}|exactly)`));
      }
    }
  });

  it('an instant that no date can hold', () => {
    expect(decodeItem(given.started(single, { startedAt: 8_640_000_000_000_001 }), 1).type).toBe('unreadable');
  });
});

it('a kind that was born with later rules is unknown', () => {
  expect(decodeItem(good, 0)).toMatchObject({ cause: 'unknown-kind' });
});

describe('any bytes give a frame', () => {
  const whole = (frame: Frame): void => {
    expect(frame.items.length).toBeGreaterThan(0);
    expect(frame.seq > 0 || causes(frame)[0] !== 'read').toBe(true);
  };

  it('random ones', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (value) => whole(decodeFrame(value, 1))));
  });

  it('random JSON in the place of items, members and whole frames', () => {
    const json = fc.json({ maxDepth: 6 });
    fc.assert(
      fc.property(json, json, fc.constantFrom(...Object.keys(everyEvent)), (one, other, type) => {
        whole(decode(one));
        whole(decode(`{"v":1,"by":"w","seq":1,"now":1,"items":${one}}`));
        const frame = decode(frameOf(one, encodeItem(good), `{"type":"${type}","x":${other}}`));
        whole(frame);
        expect(causes(frame)[1]).toBe('read');
      }),
    );
  });

  it('frames with a few bytes changed, removed or doubled', () => {
    const original = bytes(frameOf(...Object.values(everyEvent).map(encodeItem)));
    const change = fc.record({ at: fc.nat(original.length - 1), to: fc.integer({ min: -2, max: 255 }) });
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), (changes) => {
        const value = [...original];
        for (const { at, to } of changes)
          value.splice(at, 1, ...(to === -2 ? [] : to === -1 ? [value[at]!, value[at]!] : [to]));
        whole(decodeFrame(Uint8Array.from(value), 1));
      }),
      { numRuns: 1_000 },
    );
  });
});
