import pg from 'pg';
import { topicsOf } from '@millrace/protocol';
import { connectKafka, KafkaRecordReader } from '@millrace/kafka';
import { migrate, PgProjectionStore } from '@millrace/postgres';
import { PartitionFold, ProjectionRows, type RecordReader } from '@millrace/runtime';
import { quietJournal } from '@millrace/runtime/testing';
import { gapsOf } from '@millrace/runtime';
import type { TestSystem } from './local-system.ts';

const views = ['runs', 'task_runs', 'task_attempts', 'workflows', 'quarantine_records'];
const triesMax = 5;

/**
 * Folds the whole log into a database of its own and compares it with the running projection at the same offsets, row by
 * row. Gives the first difference as a sentence, or undefined where they are equal.
 */
export async function differenceFromRebuild(system: TestSystem): Promise<string | undefined> {
  const name = `rebuilt_${process.pid}_${Date.now()}`;
  const live = await connect(system.databaseUrl);
  const url = new URL(system.databaseUrl);
  url.pathname = `/${name}`;
  try {
    for (let tries = 0; tries < triesMax; tries++) {
      await live.query(`DROP DATABASE IF EXISTS ${name}`);
      await live.query(`CREATE DATABASE ${name}`);
      const positions = await positionsOf(live);
      await rebuild(system, url.href, positions);
      const difference = await compare(live, url.href);
      const isStill = JSON.stringify(positions) === JSON.stringify(await positionsOf(live));
      if (isStill) return difference;
    }
    throw new Error('Expected the projection to come to rest, but it kept moving.');
  } finally {
    await live.query(`DROP DATABASE IF EXISTS ${name}`);
    await live.end();
  }
}

type Positions = readonly { readonly partition: number; readonly next: number }[];

async function positionsOf(client: pg.Client): Promise<Positions> {
  const { rows } = await client.query<{ partition: number; next: string }>(
    'SELECT partition, next_offset AS next FROM projection_positions ORDER BY partition',
  );
  return rows.map(({ partition, next }) => ({ partition, next: Number(next) }));
}

async function rebuild(system: TestSystem, databaseUrl: string, positions: Positions): Promise<void> {
  await migrate(databaseUrl);
  const store = new PgProjectionStore({ databaseUrl });
  const kafka = connectKafka({ brokers: system.brokers.split(','), clientId: 'rebuild', journal: quietJournal() });
  const reader = new KafkaRecordReader(kafka);
  try {
    for (const { partition, next } of positions) {
      const rows = new ProjectionRows(partition);
      const fold = await foldTo(reader, topicsOf(system.prefix).log, partition, next, rows);
      const { position: to, time: at, accepted, rejected, quarantined, hash, birth } = fold.state;
      await store.commit({
        positions: [{ partition, from: 0, to, at, accepted, rejected, quarantined, hash, nonce: birth?.nonce ?? '' }],
        ...rows.take(),
      });
    }
  } finally {
    await reader.close();
    await store.close();
  }
}

async function foldTo(
  reader: RecordReader,
  topic: string,
  partition: number,
  next: number,
  rows: ProjectionRows,
): Promise<PartitionFold> {
  const fold = new PartitionFold(partition, undefined, await gapsOf(reader, topic, partition));
  while (fold.position < next) {
    const [fetched] = await reader.fetch([{ topic, partition, offset: fold.position }], 5_000);
    if (fetched === undefined)
      throw new Error(`Expected ${topic}/${partition} to reach ${next}, but it ends at ${fold.position}.`);
    for (const record of fetched.records) {
      rows.offset = record.offset;
      if (record.offset >= next || fold.take(record, rows) === 'fetch-again') break;
    }
  }
  return fold;
}

async function compare(live: pg.Client, rebuiltUrl: string): Promise<string | undefined> {
  const rebuilt = await connect(rebuiltUrl);
  try {
    for (const view of [...views, 'projection_positions']) {
      const query = `SELECT v::text AS row FROM ${view} v ORDER BY v::text COLLATE "C"`;
      const [one, other] = await Promise.all([
        live.query<{ row: string }>(query),
        rebuilt.query<{ row: string }>(query),
      ]);
      const count = Math.max(one.rows.length, other.rows.length);
      for (let index = 0; index < count; index++) {
        const [found, wanted] = [one.rows[index]?.row, other.rows[index]?.row];
        if (found !== wanted) return `${view}: expected ${wanted}, but found ${found}`;
      }
    }
    return undefined;
  } finally {
    await rebuilt.end();
  }
}

async function connect(connectionString: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString });
  client.on('error', () => {});
  await client.connect();
  return client;
}
