import type { DispatcherHeartbeat, OwnedPartition, ServiceHeartbeat } from '@millrace/protocol';
import { LogUnavailable, TopicMissing, type RecordReader } from '@millrace/runtime';
import { ManualClock } from '@millrace/runtime/testing';
import { describe, expect, it } from 'vitest';
import { listPartitions } from './list-partitions.js';
import { LogBounds } from './log-bounds.js';
import { reviewRules } from './review-rules.js';
import { ServiceDirectory } from './service-directory.js';

const now = 1_700_000_000_000;
const owned = (partition: number, over: Partial<OwnedPartition> = {}): OwnedPartition => ({
  ...{ partition, epoch: 1, position: 40, entries: 90, rejected: 4, quarantined: 1, rules: 1, waiting: 2, keys: 3 },
  pinned: [],
  ...over,
});
const dispatcher = (id: string, over: Partial<DispatcherHeartbeat> = {}): DispatcherHeartbeat => ({
  ...{ v: 1, kind: 'dispatcher', id, at: now, knows: 1, partitions: [] },
  ...over,
});
const projector = (id: string, over: Partial<ServiceHeartbeat> = {}): ServiceHeartbeat => ({
  ...{ v: 1, kind: 'projector', id, at: now, knows: 1, positions: { 0: 30 }, entries: { 0: 70 } },
  ...over,
});

function heard(...said: readonly (DispatcherHeartbeat | ServiceHeartbeat)[]): ServiceDirectory {
  const directory = new ServiceDirectory();
  for (const each of said) directory.hear(each, now, now);
  directory.reachedEnd(now);
  return directory;
}
const position = {
  partition: 0,
  offset: '28',
  at: '2023-11-14T22:13:20.000Z',
  accepted: '60',
  rejected: '3',
  quarantined: '1',
};

describe('a list of partitions', () => {
  it('holds what Kafka, the owner, the projector and Postgres say of each', () => {
    const services = heard(dispatcher('d', { partitions: [owned(0)] }), projector('p'));
    const bounds = new Map([[0, { start: 5, end: 42 }]]);
    const heardAt = '2023-11-14T22:13:20.000Z';
    expect(listPartitions({ bounds, services, positions: [position], now })).toEqual([
      {
        partition: 0,
        log: { start: '5', end: '42' },
        owner: {
          ...{ dispatcher: 'd', epoch: 1, offset: '40', entries: '90', rejected: '4', quarantined: '1' },
          ...{ waiting: 2, keys: 3, rules: 1, heardAt },
        },
        projection: { offset: '28', entries: '64', accepted: '60', rejected: '3', quarantined: '1', at: heardAt },
        projector: { id: 'p', offset: '30', heardAt },
        lag: { owner: '2', projection: '14' },
        halted: [],
      },
    ]);
  });

  it('goes on with what is known while Kafka, Postgres or a service is away', () => {
    const services = heard(projector('p'));
    const one = listPartitions({ bounds: new Map(), services, positions: [], now });
    expect(one).toMatchObject([
      { partition: 0, log: null, owner: null, projection: null, lag: { owner: null, projection: null } },
    ]);
    const two = listPartitions({ bounds: new Map([[1, { start: 0, end: 9 }]]), services, positions: [], now });
    expect(two.map(({ partition, lag }) => [partition, lag.projection])).toEqual([[0, null], [1, null]]); // prettier-ignore
    const late = listPartitions({ bounds: new Map(), services, positions: [], now: now + 15_001 });
    expect(late).toEqual([]);
  });

  it('names the owner of the higher epoch, and whoever has halted with their sentence', () => {
    const services = heard(
      dispatcher('old', { partitions: [owned(0, { epoch: 1 })] }),
      dispatcher('new', {
        partitions: [owned(0, { epoch: 2 })],
        halted: [{ partition: 1, fault: 'Expected offset 7.' }],
      }),
      projector('p', { positions: {}, halted: [{ partition: 1, fault: 'Expected rules 1.' }] }),
    );
    const [zero, one] = listPartitions({ bounds: new Map(), services, positions: [], now });
    expect(zero!.owner).toMatchObject({ dispatcher: 'new', epoch: 2 });
    expect(one!.halted).toEqual([
      { service: 'new', fault: 'Expected offset 7.' },
      { service: 'p', fault: 'Expected rules 1.' },
    ]);
  });
});

describe('the review of rules', () => {
  const rulesOf = (...said: readonly (DispatcherHeartbeat | ServiceHeartbeat)[]) => {
    const { advanceTo, detail } = reviewRules(heard(...said), now);
    return [advanceTo, detail];
  };

  it('says what could be raised once everybody knows it, and who does not', () => {
    const d2 = dispatcher('d', { knows: 2, partitions: [owned(0), owned(1)] });
    expect(rulesOf(d2, projector('p', { knows: 2 }))).toEqual([2, 'Every service heard lately knows rules 2.']);
    expect(rulesOf(d2, projector('p'))).toEqual([null, 'Rules 2 wait for 1 services: p knows up to 1.']);
    const d1 = dispatcher('d', { partitions: [owned(0)] });
    expect(rulesOf(d1, projector('p'))).toEqual([null, 'Rules 1 are the newest that the services heard lately know.']);
  });

  it('says that nobody knows where no owner was heard', () => {
    expect(rulesOf(projector('p'))[1]).toMatch(/^No owner/);
  });

  it('shows the lowest rules as those to raise first', () => {
    const mixed = dispatcher('d', { knows: 3, partitions: [owned(0, { rules: 2 }), owned(1)] });
    expect(rulesOf(mixed)[0]).toBe(2);
    expect(reviewRules(heard(mixed), now).partitions).toEqual([{ partition: 0, rules: 2 }, { partition: 1, rules: 1 }]); // prettier-ignore
  });
});

it('keeps a bounded number of services', () => {
  const directory = heard(...Array.from({ length: 3_000 }, (_, index) => projector(`p${index}`)));
  expect(directory.living(now)).toHaveLength(1_000);
});

describe('the bounds of the log', () => {
  const clock = new ManualClock();
  const reader = (bounds: RecordReader['bounds']): RecordReader => ({
    bounds,
    fetch: async () => [],
    close: async () => {},
  });

  it('are those of every partition, asked once for whoever comes within a second', async () => {
    let asked = 0;
    const log = new LogBounds(
      reader(async (topic, partition) => {
        asked += 1;
        if (partition >= 11) throw new TopicMissing(topic);
        return { start: partition, end: 100 };
      }),
      'log',
      clock,
    );
    expect([...(await log.all()).keys()].sort((one, other) => one - other)).toEqual(
      Array.from({ length: 11 }, (_, n) => n),
    );
    await log.all();
    expect(asked).toBe(16);
    clock.advance(1_001);
    await log.all();
    expect(asked).toBe(32);
  });

  it('leave out what Kafka does not say, and wait at most two seconds', async () => {
    const silent = new LogBounds(
      reader(() => new Promise(() => {})),
      'log',
      clock,
    );
    const answer = silent.all();
    clock.advance(2_000);
    expect((await answer).size).toBe(0);
    const down = new LogBounds(
      reader(async () => Promise.reject(new LogUnavailable('down'))),
      'log',
      clock,
    );
    expect((await down.all()).size).toBe(0);
  });
});
