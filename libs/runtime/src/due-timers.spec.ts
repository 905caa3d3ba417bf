import { chooseNext, foldFrame, PartitionState, silent, type Event, type Instant } from '@millrace/domain';
import { born, claimed, epochStart, run1, singleRequested, timersFired } from '@millrace/domain/testing';
import { describe, expect, it } from 'vitest';
import { ClockAlarm } from './clock-alarm.js';
import { DueTimers } from './due-timers.js';

const hourMs = 3_600_000;
const delayMs = 10_000;

/** A partition with a run that is due after 10 s, under an owner whose clock is off by `skewMs`; broker time goes on from 0. */
class Skewed {
  readonly state = new PartitionState();
  readonly due = new DueTimers();
  proposals = 0;
  #seq = 0;
  #brokerAt: Instant = epochStart;

  constructor(readonly skewMs: number) {
    for (const event of [born(), claimed(), singleRequested({ delayMs })]) this.write('ingest', 0, event);
  }

  write(by: string, skewMs: number, event: Event): void {
    const frame = { by, seq: ++this.#seq, now: this.#brokerAt + skewMs, items: [event] };
    foldFrame(this.state, frame, this.state.position, this.#brokerAt, silent);
  }

  /** Steps of 100 ms as an owner makes them; gives when the run was queued, in milliseconds from its request. */
  queuedAfter(ms: number, isBusy = false): number | undefined {
    for (let passedMs = 0; passedMs < ms; passedMs += 100) {
      this.#brokerAt += 100;
      if (isBusy) this.write('ingest', 0, timersFired({ epoch: 99 }));
      const proposal = this.due.propose(this.state, this.#brokerAt + this.skewMs, passedMs);
      if (proposal !== undefined) {
        this.proposals += 1;
        this.write('owner', this.skewMs, proposal);
      }
      if (this.state.runs.get(run1)!.statusOf(0) === 'queued') return this.#brokerAt - epochStart;
    }
    return undefined;
  }
}

describe('timers, where the clocks differ', () => {
  it.each([0, 40, 90, 500, 5_000, 59_000, hourMs])(
    'fire in their time, and cost a frame a second at most, under an owner whose clock is %i ms ahead',
    (skewMs) => {
      const partition = new Skewed(skewMs);
      const queuedAfter = partition.queuedAfter(60_000)!;
      expect(queuedAfter).toBeGreaterThanOrEqual(delayMs);
      expect(queuedAfter).toBeLessThanOrEqual(delayMs + 200);
      expect(partition.proposals).toBeLessThanOrEqual(12);
    },
  );

  it.each([50, 5_000, 59_000])(
    'are not early and late by no more than it under an owner who is %i ms behind',
    (behindMs) => {
      const queuedAfter = new Skewed(-behindMs).queuedAfter(120_000)!;
      expect(queuedAfter).toBeGreaterThanOrEqual(delayMs);
      expect(queuedAfter).toBeLessThanOrEqual(delayMs + behindMs + 200);
    },
  );

  it('fire in their time where others write, under an owner who is an hour behind', () => {
    const queuedAfter = new Skewed(-hourMs).queuedAfter(60_000, true)!;
    expect(queuedAfter).toBeGreaterThanOrEqual(delayMs);
    expect(queuedAfter).toBeLessThanOrEqual(delayMs + 200);
  });

  it('are not lost where nobody else writes, under an owner who is an hour behind: they wait for both clocks', () => {
    const partition = new Skewed(-hourMs);
    expect(partition.queuedAfter(hourMs - 100_000)).toBeUndefined();
    expect(partition.queuedAfter(200_000)).toBeGreaterThanOrEqual(delayMs);
    expect(chooseNext(partition.state, 1)).toBeUndefined();
  });

  it('are not early under a broker whose clock leaps: the writers are needed too', () => {
    const partition = new Skewed(0);
    const leap = { by: 'ingest', seq: 1_000, now: epochStart, items: [timersFired({ epoch: 99 })] };
    foldFrame(partition.state, leap, partition.state.position, epochStart + hourMs, silent);
    expect(partition.state.time).toBe(epochStart + 60_000);
  });
});

it('tells, once a minute, of a writer whose clock is over a minute off, and not of one that sends a frame again', () => {
  const told: object[] = [];
  const alarm = new ClockAlarm({ info: () => {}, warn: (fields) => told.push(fields), error: () => {} });
  const look = (aheadMs: number, uptimeMs: number) =>
    alarm.look(0, { by: 'w', seq: 1, now: epochStart + hourMs + aheadMs, items: [] }, epochStart + hourMs, uptimeMs);
  for (const aheadMs of [0, 60_000, -60_000, -600_000]) look(aheadMs, 0);
  expect(told).toEqual([]);
  look(hourMs, 1);
  look(hourMs, 59_999);
  look(-hourMs, 60_001);
  expect(told).toEqual([
    { partition: 0, writer: 'w', aheadMs: hourMs },
    { partition: 0, writer: 'w', aheadMs: -hourMs },
  ]);
});
