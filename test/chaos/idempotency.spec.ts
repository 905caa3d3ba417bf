import { fileURLToPath } from 'node:url';
import { CloudEvent, Kafka as CloudEventKafka } from 'cloudevents';
import { Kafka, logLevel } from 'kafkajs';
import { connectKafka, KafkaRecordReader } from '@millrace/kafka';
import { quarantineHeaders, runRequestedType, topicsOf } from '@millrace/protocol';
import { quietJournal } from '@millrace/runtime/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ask, until, type Answer } from '../support/ask.js';
import { whenEnded } from '../support/ended.js';
import { startLocalSystem, type TestSystem } from '../support/local-system.js';

const handlers = [fileURLToPath(new URL('../support/handlers.mjs', import.meta.url))];
const keys = Array.from({ length: 60 }, (_, index) => `key-${index}`);

let system: TestSystem;
beforeAll(async () => {
  system = await startLocalSystem({ handlers });
});
afterAll(() => system?.stop());

const task = (key: string): object => ({ handler: 'echo', input: { key }, idempotencyKey: key });
/** To one of the ingests; undefined where it is being started again. */
const submit = (key: string, index: number, body = task(key)): Promise<Answer | undefined> =>
  ask(`${system.urls.ingest[index % 2]!}/v1/tasks`, body).catch(() => undefined);

/** Ids of the runs that Postgres shows, by the key in their input. */
async function runsByKey(): Promise<Map<string, string[]>> {
  const query = "SELECT id, input->>'key' AS key FROM runs LIMIT 1000";
  const { body } = await ask(`${system.apiUrl}/v1/sql`, { query });
  const found = new Map<string, string[]>();
  for (const [id, key] of body.rows as [string, string][]) found.set(key, [...(found.get(key) ?? []), id]);
  return found;
}

it('makes one run of a key, whoever is asked again and whoever dies meanwhile', async () => {
  const told = new Map<string, Set<string>>(keys.map((key) => [key, new Set()]));
  for (const [round, kind] of ([undefined, 'ingest', 'dispatcher', undefined] as const).entries()) {
    const asking = Promise.all(keys.map((key, index) => submit(key, index + round)));
    if (kind !== undefined) expect(system.kill(kind, 0)).toBe(true);
    for (const [index, answer] of (await asking).entries()) {
      const { verdict, run } = answer?.body ?? {};
      if (verdict === 'new' || verdict === 'known') told.get(keys[index]!)!.add(run as string);
    }
  }
  for (const [index, key] of keys.entries()) {
    const run = await until(`${key} to be known`, async () => {
      const answer = await submit(key, index);
      return answer?.status === 200 ? (answer.body.run as string) : undefined;
    });
    expect([...told.get(key)!.add(run)]).toEqual([run]);
  }
  const runs = keys.flatMap((key) => [...told.get(key)!]);
  expect(new Set((await whenEnded(system, runs)).values())).toEqual(new Set(['succeeded']));
  const shown = await runsByKey();
  expect(keys.map((key) => shown.get(key))).toEqual(runs.map((run) => [run]));
});

it('knows the key of a run that has ended, and refuses another body', async () => {
  const other = await submit('key-0', 0, { handler: 'noop', idempotencyKey: 'key-0' });
  expect([other?.status, other?.body.code]).toEqual([409, 'key-conflict']);
});

it('waits for the verdict of a request without a key when told to', async () => {
  const headers = { 'content-type': 'application/json', prefer: 'wait' };
  const { status, body } = await ask(`${system.apiUrl}/v1/tasks`, { handler: 'noop' }, headers);
  expect([status, body.verdict]).toEqual([202, 'new']);
});

it('takes events from Kafka once however often they are sent, while an ingest dies, and keeps bad ones aside', async () => {
  const { intake, quarantine } = topicsOf(system.prefix);
  const kafka = new Kafka({ brokers: system.brokers.split(','), logLevel: logLevel.NOTHING });
  const producer = kafka.producer();
  await producer.connect();
  const ids = Array.from({ length: 40 }, (_, index) => `event-${index}`);
  const messageOf = (id: string, type = runRequestedType) => {
    const event = new CloudEvent({ id, source: '/orders', type, data: { handler: 'echo', input: { key: id } } });
    const { headers, value } = CloudEventKafka.binary(event);
    const told = Object.entries(headers).filter(([, text]) => text !== undefined);
    return { key: id, value: JSON.stringify(value), headers: Object.fromEntries(told) as Record<string, string> };
  };
  await producer.send({ topic: intake, messages: ids.map((id) => messageOf(id)) });
  expect(system.kill('ingest', 1)).toBe(true);
  await producer.send({ topic: intake, messages: [messageOf('bad', 'other'), ...ids.map((id) => messageOf(id))] });
  await producer.disconnect();

  const shown = await until('every event to have its run', async () => {
    const found = await runsByKey();
    return ids.every((id) => found.has(id)) ? found : undefined;
  });
  await whenEnded(
    system,
    ids.flatMap((id) => shown.get(id)!),
  );
  const reader = new KafkaRecordReader(
    connectKafka({ brokers: system.brokers.split(','), clientId: 'spec', journal: quietJournal() }),
  );
  const bad = await until('the bad event in quarantine', async () => {
    for (let partition = 0; partition < system.partitions; partition++) {
      const { start, end } = await reader.bounds(quarantine, partition);
      if (end === start) continue;
      const [fetched] = await reader.fetch([{ topic: quarantine, partition, offset: start }], 1_000);
      if (fetched !== undefined) return fetched.records[0];
    }
    return undefined;
  });
  await reader.close();
  const header = (name: string): string => Buffer.from(bad.headers?.get(name) ?? []).toString();
  expect([header('ce_id'), header(quarantineHeaders.cause)]).toEqual(['bad', 'type-unknown']);
  expect(header(quarantineHeaders.origin)).toMatch(new RegExp(`^${intake}/\\d+/\\d+$`));

  const admin = kafka.admin();
  await admin.connect();
  await until('the group to have committed all', async () => {
    const [committed] = await admin.fetchOffsets({ groupId: `${system.prefix}.intake`, topics: [intake] });
    const ends = await admin.fetchTopicOffsets(intake);
    const isDone = ({ partition, high }: { partition: number; high: string }): boolean =>
      high === '0' || committed?.partitions.find((each) => each.partition === partition)?.offset === high;
    return ends.every(isDone) || undefined;
  });
  await admin.disconnect();
  const after = await runsByKey();
  expect(ids.map((id) => after.get(id)!.length)).toEqual(ids.map(() => 1));
});
