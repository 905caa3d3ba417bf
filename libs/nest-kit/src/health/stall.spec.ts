import { beforeEach, describe, expect, it } from 'vitest';
import { LogUnavailable, Rounds, type Clock } from '@millrace/runtime';
import { ManualClock } from '@millrace/runtime/testing';
import { checkRounds } from './check-rounds.js';
import { dieOnStall } from './die-on-stall.js';
import { Health } from './health.js';

const stallMs = 60_000;
/** Sweeps that fail /livez first. */
const seenMs = 6_000;
let manual: ManualClock;
/** Time in which the process was frozen: no timer of it fired. */
let frozenMs: number;
let health: Health;
let deaths: string[];
let reading: Rounds;
let frames: Rounds;
let stop: () => void;

beforeEach(() => {
  manual = new ManualClock();
  frozenMs = 0;
  const clock: Clock = {
    now: () => manual.now(),
    uptimeMs: () => manual.uptimeMs() + frozenMs,
    after: (delayMs, callback) => manual.after(delayMs, callback),
  };
  health = new Health(clock, stallMs);
  deaths = [];
  ({ stop } = dieOnStall(health, clock, (detail) => deaths.push(detail)));
  reading = new Rounds('reading', clock);
  frames = new Rounds('frames of partition 3', clock);
  health.register('loops', () => checkRounds(clock, [reading, frames]));
  reading.begin();
});

/** Seconds in which `each` happens in every one. */
function pass(ms: number, each: () => void = () => undefined): void {
  for (let passedMs = 0; passedMs < ms; passedMs += 1_000) {
    each();
    manual.advance(1_000);
  }
}
const answered = () => void reading.ended();
const failed = (rounds: Rounds) => void rounds.ended(new LogUnavailable('nobody answers'));

describe('A process', () => {
  it('dies where a loop has something to do and ends no round while Kafka answers another', () => {
    pass(stallMs, answered);
    frames.begin();
    pass(stallMs - 1_000, answered);
    expect(health.report()[0]).toMatchObject({ ready: true, stalled: false });
    pass(seenMs - 1_000, answered);
    expect(health.report()[0]).toMatchObject({ stalled: true });
    expect(deaths).toEqual([]);
    pass(3_000, answered);
    expect(deaths[0]).toMatch(
      /^Expected loops to get on, but it has not: frames of partition 3: the last round ended 6\d+ ms ago$/,
    );
  });

  it('dies where the steps of a loop fail with what is no answer of Kafka', () => {
    frames.begin();
    pass(stallMs + 10_000, () => {
      answered();
      frames.ended(new TypeError('of our own making'));
    });
    expect(deaths).not.toEqual([]);
  });

  it('goes on while its loops have nothing to do, or end a round now and then', () => {
    pass(10 * stallMs, answered);
    frames.begin();
    for (let round = 0; round < 10; round++) {
      pass(stallMs - 2_000, answered);
      frames.ended();
    }
    frames.rest();
    pass(10 * stallMs, answered);
    expect(deaths).toEqual([]);
  });

  it('waits for a Kafka that is gone, and for one that is frozen', () => {
    frames.begin();
    pass(10 * stallMs, () => {
      failed(reading);
      failed(frames);
    });
    pass(10 * stallMs);
    expect(health.report()[0]).toMatchObject({ ready: true, waitsFor: 'kafka', stalled: false });
    expect(deaths).toEqual([]);
  });

  it('dies where nothing at all came of any loop for a quarter of an hour', () => {
    frames.begin();
    pass(900_000 + stallMs + 2 * seenMs);
    expect(deaths).not.toEqual([]);
  });

  it('does not count the time in which it was frozen itself', () => {
    frames.begin();
    pass(30_000, answered);
    frozenMs += 600_000;
    expect(health.report().some(({ stalled }) => stalled)).toBe(false);
    pass(20_000, answered);
    expect(deaths).toEqual([]);
    frames.ended();
    pass(stallMs - 2_000, answered);
    expect(health.report().some(({ stalled }) => stalled)).toBe(false);
    pass(20_000, answered);
    expect(deaths).not.toEqual([]);
  });

  it('says nothing any more once it is told to stop', () => {
    frames.begin();
    stop();
    stop();
    pass(2 * stallMs, answered);
    expect(deaths).toEqual([]);
  });
});
