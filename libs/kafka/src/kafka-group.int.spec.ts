import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, expect, inject, it } from 'vitest';
import { planTopics, topicsOf } from '@millrace/protocol';
import { processUptimeMs } from '@millrace/runtime';
import { quietJournal, until } from '@millrace/runtime/testing';
import { connectKafka } from './connect-kafka.js';
import { GroupCoordinator } from './group-coordinator.js';
import { decodeAssignment, encodeMember } from './group-protocol.js';
import { kafkaErrorCodes as codes } from './kafka-error-codes.js';
import { KafkaGroupSource } from './kafka-group-source.js';
import { KafkaRecordWriter } from './kafka-record-writer.js';
import { KafkaTopics } from './kafka-topics.js';
import { KafkaWire } from './kafka-wire.js';

const brokers = inject('kafkaBrokers').split(',');
const connection = connectKafka({ brokers, clientId: 'int', journal: quietJournal() });
/** The least that the broker allows. */
const sessionMs = 6_000;
const heldMsMax = 30_000;

let groupId: string;
let topic: string;
let writer: KafkaRecordWriter;
let stops: (() => unknown)[];

beforeEach(async () => {
  const prefix = `int-${randomUUID()}`;
  groupId = `${prefix}.workers`;
  topic = topicsOf(prefix).tasks('default', 'normal');
  await new KafkaTopics(connection).apply(
    planTopics({ prefix, logPartitions: 1, taskPartitions: 4, queues: ['default'] }),
  );
  writer = new KafkaRecordWriter(connection);
  stops = [() => writer.close()];
});
afterEach(async () => {
  await Promise.all(stops.map((stop) => stop()));
});

async function enter() {
  const source = new KafkaGroupSource(connection, {
    groupId,
    topicsOfQueue: new Map([['default', [topic]]]),
    sessionMs,
    heartbeatMs: 100,
  });
  stops.push(() => source.stop());
  const seen = { source, held: [] as readonly number[], events: [] as string[], texts: [] as string[] };
  await source.start({
    joined: ({ queues }) => {
      seen.held = queues['default'] ?? [];
      seen.events.push(`joined ${seen.held.join()}`);
    },
    left: () => {
      seen.held = [];
      seen.events.push('left');
    },
    records: (_topic, partition, records) => {
      for (const { offset, value } of records) {
        seen.texts.push(new TextDecoder().decode(value));
        source.settle(topic, partition, offset + 1);
      }
    },
  });
  return seen;
}

/** A member that says nothing by itself: silent it is like one that was killed. */
async function enterByHand() {
  const wire = new KafkaWire(connection);
  stops.push(() => wire.close());
  const coordinator = new GroupCoordinator(wire, groupId);
  const member = { memberId: '', generation: -1, held: [] as readonly number[] };
  for (;;) {
    const metadata = encodeMember({ sets: [[topic]], held: new Map(), heldIn: -1, keeps: false });
    const times = { sessionTimeout: sessionMs, rebalanceTimeout: sessionMs };
    const joined = await coordinator.ask<{ errorCode: number; memberId: string; generationId: number }>(
      'hand',
      'JoinGroup',
      {
        ...times,
        memberId: member.memberId,
        protocolType: 'consumer',
        groupProtocols: [{ name: 'millrace', metadata }],
      },
      sessionMs,
    );
    member.memberId = joined.memberId;
    if (joined.errorCode !== codes.none) continue;
    member.generation = joined.generationId;
    const { memberId, generation: generationId } = member;
    const synced = await coordinator.ask<{ errorCode: number; memberAssignment: Buffer }>('hand', 'SyncGroup', {
      ...{ memberId, generationId, groupAssignment: [] },
    });
    if (synced.errorCode !== codes.none) continue;
    member.held = decodeAssignment(synced.memberAssignment).get(topic) ?? [];
    if (member.held.length > 0) break;
    await rebalance();
  }
  async function beat(): Promise<number> {
    const request = { groupGenerationId: member.generation, memberId: member.memberId };
    return (await coordinator.ask<{ errorCode: number }>('hand', 'Heartbeat', request)).errorCode;
  }
  async function rebalance(): Promise<void> {
    const deadline = performance.now() + heldMsMax;
    while ((await beat()) !== codes.rebalanceInProgress) expect(performance.now()).toBeLessThan(deadline);
  }
  return { ...member, beat, rebalance };
}

it('goes on serving while the group waits for a member that was killed, and loses nothing that it settled', async () => {
  const living = await enter();
  await until('an assignment', () => living.held.length === 4);
  const killed = await enterByHand();
  await until('two shares', () => living.held.length === 2);
  const [partition] = living.held as [number];
  const { events } = living;
  const before = events.length;

  const third = await enter();
  await killed.rebalance();
  const from = processUptimeMs();
  await until('a heartbeat while its join is pending', () => living.source.lastHeartbeatSentAt() > from);
  await writer.append(topic, partition, [{ value: new TextEncoder().encode('while waiting') }]);
  await until('the record', () => living.texts.includes('while waiting'));
  expect(await killed.beat()).toBe(codes.rebalanceInProgress);
  expect(events).toHaveLength(before);
  expect(third.events).toEqual([]);

  await until('the share of the killed', () => third.held.length === 2, heldMsMax);
  await until('its own share again', () => living.held.length === 2);
  expect([...third.held, ...living.held].sort()).toEqual([0, 1, 2, 3]);
  expect(third.held).toEqual(killed.held);
  await writer.append(topic, partition, [{ value: new TextEncoder().encode('afterwards') }]);
  await until('the next record', () => living.texts.includes('afterwards'));
  expect(living.texts).toEqual(['while waiting', 'afterwards']);
});

it('gives a partition to a new member only after the one that held it has given it up', async () => {
  const one = await enter();
  await until('an assignment', () => one.held.length === 4);
  const held = new Set<string>();
  const other = await enter();
  await until('two shares', () => {
    for (const partition of other.held) if (one.held.includes(partition)) held.add(`${partition}`);
    return one.held.length === 2 && other.held.length === 2;
  });
  expect(held).toEqual(new Set());
  expect(one.events.slice(0, 3)).toEqual(['joined 0,1,2,3', 'left', 'joined 0,1']);
});
