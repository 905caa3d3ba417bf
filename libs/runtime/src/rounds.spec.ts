import { cancelled, runNamed } from '@millrace/domain/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import { LogWriter } from './log-writer.js';
import type { Rounds } from './rounds.js';
import { InMemoryLog, ManualClock, quietJournal } from './testing/index.js';
import { TopicTail } from './topic-tail.js';

let clock: ManualClock;
let log: InMemoryLog;

beforeEach(() => {
  clock = new ManualClock();
  log = new InMemoryLog(clock, { log: 2 });
});

const silentMs = ({ at }: Rounds) => clock.uptimeMs() - at;

describe('The rounds of a log writer', () => {
  const command = cancelled({ run: runNamed(1), command: 'c' });
  const given = () => new LogWriter({ writer: log, topic: 'log', by: 'w', clock, journal: quietJournal() });

  it('rest while nothing is pending, and end with every frame', async () => {
    const writer = given();
    expect(writer.rounds).toEqual([]);
    void writer.append(1, [command]);
    await clock.run(10);
    expect(writer.rounds).toMatchObject([{ name: 'frames of partition 1', isBusy: false }]);
    const release = log.holdAnswers();
    void writer.append(1, [command]);
    await clock.run(90_000, 1_000);
    const [rounds] = writer.rounds;
    expect(rounds!.isBusy).toBe(true);
    expect(silentMs(rounds!)).toBeGreaterThan(80_000);
    release();
    await clock.run(10);
    expect(rounds!.isBusy).toBe(false);
  });

  it('go on without an answer while the log is down', async () => {
    const writer = given();
    log.stop();
    void writer.append(0, [command]);
    await clock.run(90_000, 1_000);
    const [rounds] = writer.rounds;
    expect(rounds).toMatchObject({ isBusy: true, answeredAt: -Infinity });
    expect(silentMs(rounds!)).toBeLessThan(5_000);
    log.restart();
    await clock.run(5_000, 1_000);
    expect(rounds!.answeredAt).toBeGreaterThan(0);
  });
});

describe('The rounds of a tail', () => {
  it('end with every read, whether anything came or the log was down', async () => {
    const tail = new TopicTail({
      ...{ reader: log.reader(), topic: 'log', from: 'start', clock, journal: quietJournal() },
      onRecord: () => undefined,
    });
    expect(tail.rounds.isBusy).toBe(false);
    tail.start();
    await clock.run(90_000, 500);
    expect(tail.rounds.isBusy).toBe(true);
    expect(silentMs(tail.rounds)).toBeLessThan(3_000);
    const { answeredAt } = tail.rounds;
    log.stop();
    await clock.run(90_000, 500);
    expect(silentMs(tail.rounds)).toBeLessThan(3_000);
    expect(tail.rounds.answeredAt - answeredAt).toBeLessThan(3_000);
    await tail.stop();
  });
});
