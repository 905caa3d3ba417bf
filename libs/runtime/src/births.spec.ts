import { born, cancelled } from '@millrace/domain/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import { ensureBorn, LineageFault, readBirth, type BirthOptions } from './births.js';
import { LogUnavailable } from './ports.js';
import { frameRecord } from './testing/dispatch-given-owner.js';
import { framesOf } from './testing/fold-whole-log.js';
import { InMemoryLog, ManualClock } from './testing/index.js';

let clock: ManualClock;
let log: InMemoryLog;
let nonces: number;

beforeEach(() => {
  clock = new ManualClock();
  log = new InMemoryLog(clock, { log: 3 });
  nonces = 0;
});

function options(more: Partial<BirthOptions> = {}): BirthOptions {
  const nonce = () => (++nonces).toString(16).padStart(32, '0');
  return { reader: log.reader(), writer: log, topic: 'log', partitions: 3, cluster: 'c', clock, nonce, ...more };
}
const ends = () => [0, 1, 2].map((partition) => log.partition('log', partition).end);
const foreign = () => frameRecord('foreign', 1, clock.now(), [cancelled()]);

describe('ensureBorn', () => {
  it('gives every empty partition its birth', async () => {
    const births = await ensureBorn(options());
    expect(births.map(({ partition, partitions, cluster, rules }) => [partition, partitions, cluster, rules])).toEqual([
      [0, 3, 'c', 1],
      [1, 3, 'c', 1],
      [2, 3, 'c', 1],
    ]);
    expect(framesOf(log, 'log', 1).flatMap(({ items }) => items)).toEqual([births[1]]);
  });

  it('changes nothing the second time', async () => {
    const first = await ensureBorn(options());
    expect(await ensureBorn(options())).toEqual(first);
    expect(ends()).toEqual([1, 1, 1]);
  });

  it('finishes what an interrupted first time left, with the nonce that it finds', async () => {
    log.nextAppends(['acknowledged', 'lost']);
    await expect(ensureBorn(options())).rejects.toThrow(LogUnavailable);
    expect(ends()).toEqual([1, 0, 0]);
    const births = await ensureBorn(options());
    expect(new Set(births.map(({ nonce }) => nonce)).size).toBe(1);
  });

  it('finds the birth that landed although its append was not acknowledged', async () => {
    log.nextAppends(['unacknowledged']);
    await expect(ensureBorn(options())).rejects.toThrow(LogUnavailable);
    await ensureBorn(options());
    expect(ends()).toEqual([1, 1, 1]);
  });

  it('lets the first birth in the log count where two apply at the same time', async () => {
    const [one, other] = await Promise.all([ensureBorn(options()), ensureBorn(options())]);
    expect(one).toEqual(other);
    expect(new Set(one.map(({ nonce }) => nonce)).size).toBe(1);
  });

  it('refuses a partition that begins with something else, and writes nothing to it', async () => {
    await log.append('log', 1, [foreign()]);
    await expect(ensureBorn(options())).rejects.toThrow(/log\/1 to begin with its birth, but found CancelRequested/);
    expect(log.partition('log', 1).end).toBe(1);
  });

  it('refuses a partition that begins with bytes that cannot be read', async () => {
    await log.append('log', 0, [{ value: Buffer.from('hello') }]);
    await expect(ensureBorn(options())).rejects.toThrow(/nothing that can be read/);
  });

  it('refuses a partition that begins with the birth of another', async () => {
    await log.append('log', 1, [frameRecord('b', 1, clock.now(), [born({ partition: 2, partitions: 3 })])]);
    await expect(ensureBorn(options())).rejects.toThrow(LineageFault);
  });

  it('refuses a log that was born with another partition count', async () => {
    await ensureBorn(options({ partitions: 2 }));
    await expect(ensureBorn(options())).rejects.toThrow(/the 2 partitions that it was born with, but it has 3/);
    expect(ends()).toEqual([1, 1, 0]);
  });

  it('refuses to finish the log of another cluster, and writes nothing', async () => {
    await log.append('log', 0, [frameRecord('b', 1, clock.now(), [born({ cluster: 'other', partitions: 3 })])]);
    await expect(ensureBorn(options())).rejects.toThrow(/born in cluster other/);
    expect(ends()).toEqual([1, 0, 0]);
  });

  it('refuses partitions that were born in different clusters', async () => {
    await log.append('log', 0, [frameRecord('b', 1, clock.now(), [born({ partitions: 3 })])]);
    await log.append('log', 1, [
      frameRecord('b', 1, clock.now(), [born({ partition: 1, partitions: 3, cluster: 'x' })]),
    ]);
    await expect(ensureBorn(options({ cluster: 'test' }))).rejects.toThrow(LineageFault);
  });

  it('refuses a log whose beginning was deleted', async () => {
    await ensureBorn(options());
    await log.append('log', 2, [foreign()]);
    log.partition('log', 2).trim(1);
    await expect(ensureBorn(options())).rejects.toThrow(/begins at 1: records were deleted/);
  });
});

describe('readBirth', () => {
  it('finds none in an empty partition', async () => {
    expect(await readBirth(log.reader(), 'log', 0)).toBeUndefined();
  });
});
