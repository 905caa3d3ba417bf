import { fileURLToPath } from 'node:url';
import kafkajs from 'kafkajs';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { connectKafka, KafkaRecordReader, KafkaRecordWriter, kafkaSnapshotStore } from '@millrace/kafka';
import { crcHeader, crcText, topicsOf } from '@millrace/protocol';
import { quietJournal, until } from '@millrace/runtime/testing';
import { whenEnded } from '../support/ended.js';
import { loadFor, registerDiamond } from '../support/load.js';
import { startLocalSystem, type TestSystem } from '../support/local-system.js';
import { runMillrace, startMillrace } from '../support/millrace-command.js';

const handlers = [fileURLToPath(new URL('../support/handlers.mjs', import.meta.url))];
const partitions = 2;
const journal = quietJournal();

let system: TestSystem;
let database: pg.Client;
const runs: string[] = [];

beforeAll(async () => {
  const one = { ingest: 1, dispatcher: 1, projector: 1, query: 1, worker: 1 };
  const env = { MILLRACE_SNAPSHOT_EVERY_MS: '500', MILLRACE_SNAPSHOT_EVERY_ENTRIES: '200' };
  system = await startLocalSystem({ handlers, partitions, replicas: one, env });
  await registerDiamond(system);
  database = new pg.Client({ connectionString: system.databaseUrl });
  database.on('error', () => {});
  await database.connect();
});
afterAll(async () => {
  await database?.end();
  await system?.stop();
});

interface Verified {
  readonly isProved: boolean;
  readonly first: string | null;
  readonly partitions: readonly {
    readonly entries: number;
    readonly accepted: number;
    readonly rejected: number;
    readonly quarantined: number;
    readonly runs: number;
    readonly fold: string;
    readonly projection: string;
    readonly snapshots: readonly { readonly isEqual: boolean }[];
    readonly differences: readonly Record<string, unknown>[];
    readonly violations: readonly unknown[];
  }[];
}

async function verify(prefix = system.prefix): Promise<Verified & { readonly code: number | null }> {
  const args = ['verify', '-o', 'json', '--brokers', system.brokers, '--prefix', prefix];
  const { code, stdout, stderr } = await runMillrace(args, { DATABASE_URL: system.databaseUrl });
  if (stdout === '') throw new Error(`Expected a report, but verify ended with ${code}: ${stderr}`);
  return { ...(JSON.parse(stdout) as Verified), code };
}

const differencesOf = ({ partitions: all }: Verified) => all.flatMap(({ differences }) => differences);

it('proves a system that runs, under load', async () => {
  let during: Awaited<ReturnType<typeof verify>> | undefined;
  const { acknowledged } = await loadFor(system, 3_000, async () => {
    during = await verify();
  });
  runs.push(...acknowledged);
  expect([during?.code, during?.first]).toEqual([0, null]);
  expect(new Set((await whenEnded(system, runs)).values())).toEqual(new Set(['succeeded']));
});

it('accounts for every entry and run at rest, and proves rows and snapshots', async () => {
  await until('snapshots of both partitions', async () => {
    const { partitions: all } = await verify();
    return all.every(({ snapshots }) => snapshots.length > 0);
  });
  const { code, partitions: all, first } = await verify();
  expect([code, first]).toEqual([0, null]);
  for (const each of all) {
    expect(each.entries).toBe(each.accepted + each.rejected + each.quarantined);
    expect(each.fold).toBe(each.projection);
    expect(each.snapshots.every(({ isEqual }) => isEqual)).toBe(true);
    expect(each.violations).toEqual([]);
  }
  expect(all.reduce((sum, each) => sum + each.runs, 0)).toBe(runs.length);
});

it('follows the log with the checker, and serves what it found', async () => {
  const check = startMillrace([
    'check',
    '--follow',
    '--port',
    '0',
    '--brokers',
    system.brokers,
    '--prefix',
    system.prefix,
  ]);
  await until('its metrics', () => check.stderr().includes('/metrics'));
  const metrics = async (): Promise<string> => (await fetch(/http\S+/.exec(check.stderr())![0])).text();
  const { acknowledged } = await loadFor(system, 500, () => {});
  await whenEnded(system, acknowledged);
  runs.push(...acknowledged);
  const { rows } = await database.query<{ partition: number; next_offset: string }>(
    'SELECT partition, next_offset FROM projection_positions',
  );
  await until('what was projected to be checked', async () => {
    const text = await metrics();
    const at = (partition: number): number =>
      Number(new RegExp(`position\\{partition="${partition}"\\} (\\d+)`).exec(text)?.[1] ?? 0);
    return rows.every(({ partition, next_offset: offset }) => at(partition) >= Number(offset));
  });
  expect(await metrics()).not.toMatch(/violations_total\{[^}]*\} [1-9]/);
  check.child.kill('SIGTERM');
  expect(await check.ended).toMatchObject({ code: 0, stdout: '' });
});

it('names the row, the column, both values and the record that wrote it, of one row that was altered', async () => {
  const { rows } = await database.query<{ id: string }>('SELECT id FROM single_records ORDER BY id LIMIT 1');
  const { id } = rows[0]!;
  await database.query('UPDATE single_records SET attempt = attempt + 1 WHERE id = $1', [id]);
  const altered = await verify();
  await database.query('UPDATE single_records SET attempt = attempt - 1 WHERE id = $1', [id]);
  expect(altered.code).toBe(1);
  expect(differencesOf(altered)).toMatchObject([
    {
      rule: 'I5',
      table: 'single_records',
      key: id,
      column: 'attempt',
      wanted: 1,
      found: 2,
      offset: expect.any(Number),
    },
  ]);
  expect((await verify()).code).toBe(0);
});

it('names the record of a copied log that is damaged', async () => {
  const kafka = new kafkajs.Kafka({ brokers: [system.brokers], logLevel: kafkajs.logLevel.NOTHING });
  const [from, copy] = [topicsOf(system.prefix).log, topicsOf('copy').log];
  const [admin, producer] = [kafka.admin(), kafka.producer()];
  const reader = new KafkaRecordReader(connectKafka({ brokers: [system.brokers], clientId: 'copy', journal }));
  await Promise.all([admin.connect(), producer.connect()]);
  const configEntries = [{ name: 'message.timestamp.type', value: 'CreateTime' }];
  await admin.createTopics({
    topics: [{ topic: copy, numPartitions: partitions, configEntries }],
    waitForLeaders: true,
  });
  for (let partition = 0; partition < partitions; partition++) {
    const { end } = await reader.bounds(from, partition);
    for (let offset = 0; offset < end;) {
      const [fetched] = await reader.fetch([{ topic: from, partition, offset }], 5_000);
      const messages = fetched!.records.map((record) => {
        const value = Buffer.from(record.value!);
        if (partition === 1 && record.offset === 5) value[value.length >> 1]! ^= 1;
        return { partition, value, timestamp: String(record.at), headers: { [crcHeader]: crcText(record.crc!) } };
      });
      await producer.send({ topic: copy, messages });
      offset = fetched!.records.at(-1)!.offset + 1;
    }
  }
  await Promise.all([admin.disconnect(), producer.disconnect(), reader.close()]);
  const damaged = await verify('copy');
  expect(damaged.code).toBe(1);
  expect(damaged.partitions[0]!.differences).toEqual([]);
  expect(damaged.partitions[1]!.differences[0]).toMatchObject({
    rule: 'I8',
    table: copy,
    key: '1/5',
    column: 'value',
    offset: 5,
  });
});

it('names a snapshot of which one byte has changed', async () => {
  const kafka = connectKafka({ brokers: [system.brokers], clientId: 'damage', journal });
  const [topics, writer] = [topicsOf(system.prefix), new KafkaRecordWriter(kafka)];
  const store = kafkaSnapshotStore(kafka, { topics, writer, journal });
  const newest = (await store.newest(0)).find((each) => each !== undefined)!;
  const chunks: Uint8Array[] = [];
  for await (const each of store.load(newest)) chunks.push(each);
  const bytes = Buffer.concat(chunks);
  bytes[bytes.length >> 1]! ^= 1;
  const damage = await writer.append(topics.snapshots, 0, [{ value: bytes }]);
  const manifest = { ...newest, chunks: [damage.offset] };
  await writer.append(topics.manifests, 0, [{ value: Buffer.from(JSON.stringify(manifest)) }]);
  await Promise.all([store.close(), writer.close()]);
  const damaged = await verify();
  expect(damaged.code).toBe(1);
  const key = `${newest.content}/${newest.position}`;
  expect(differencesOf(damaged)).toMatchObject([{ rule: 'I19', partition: 0, table: 'snapshots', key }]);
});
