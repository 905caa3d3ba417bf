import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import kafkajs from 'kafkajs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { EmbeddedKafka, findKafkaJars } from '@millrace/embedded';
import { topicsOf } from '@millrace/protocol';
import { applyTopics } from '../../apps/cli/src/topics/apply-topics.js';
import { ask, until } from '../support/ask.js';
import { statusesOf, whenEnded } from '../support/ended.js';
import { startLocalSystem, type TestSystem } from '../support/local-system.js';
import { runMillrace } from '../support/millrace-command.js';
import { differenceFromRebuild } from '../support/rebuild.js';

const root = join(import.meta.dirname, '..', '..');
const handlers = [fileURLToPath(new URL('../support/handlers.mjs', import.meta.url))];
const halting = ['dispatcher', 'projector'] as const;
const log = topicsOf('millrace').log;
const folder = mkdtempSync(join(tmpdir(), 'millrace-gap-'));

let kafka: EmbeddedKafka;
let system: TestSystem;

beforeAll(async () => {
  kafka = await startKafka();
  const topics = { prefix: 'millrace', logPartitions: 2, taskPartitions: 4, queues: ['default'] };
  await applyTopics({ ...topics, brokers: kafka.brokers });
  await smallSegments();
  const replicas = { ingest: 1, dispatcher: 1, projector: 1, query: 1, worker: 1 };
  system = await startLocalSystem({ handlers, partitions: 2, taskPartitions: 4, replicas, brokers: kafka.brokers });
});
afterAll(async () => {
  await system?.stop();
  await kafka?.stop();
  rmSync(folder, { recursive: true, force: true });
});

function startKafka(): Promise<EmbeddedKafka> {
  return EmbeddedKafka.start({ dataDir: folder, jarsDir: findKafkaJars(root), archiveDir: join(root, '.millrace') });
}

/** 1 MiB, the least that the broker takes; everything else stays as it was planned. */
async function smallSegments(): Promise<void> {
  const { Kafka, logLevel, ConfigResourceTypes } = kafkajs;
  const admin = new Kafka({ brokers: [kafka.brokers], clientId: 'gap', logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  const resource = { type: ConfigResourceTypes.TOPIC, name: log };
  const { resources } = await admin.describeConfigs({ includeSynonyms: false, resources: [resource] });
  const own = resources[0]!.configEntries.filter(({ isDefault }) => !isDefault);
  const kept = own.map(({ configName, configValue }) => [configName, configValue] as const);
  const wanted = new Map([...kept, ['segment.bytes', String(1024 * 1024)]]);
  const configEntries = [...wanted].map(([name, value]) => ({ name, value }));
  await admin.alterConfigs({ validateOnly: false, resources: [{ ...resource, configEntries }] });
  await admin.disconnect();
}

/** Tasks that were acknowledged: `large` ones fill a segment by ten. */
async function submit(count: number, padding = ''): Promise<string[]> {
  const runs: string[] = [];
  for (let index = 0; index < count; index++) {
    const { status, body } = await ask(`${system.apiUrl}/v1/tasks`, { handler: 'echo', input: { padding } });
    expect(status).toBe(202);
    runs.push(body.run);
  }
  return runs;
}

/** Files of each segment of a log partition by its base offset, oldest first. */
function segmentsOf(partition: number): (readonly [base: number, files: readonly string[]])[] {
  const all = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  const of = all.filter((file) => dirname(file).endsWith(`${log}-${partition}`) && /\/\d{20}\.\w+$/.test(file));
  const byBase = Map.groupBy(of, (file) => Number(/(\d{20})\.\w+$/.exec(file)![1]));
  const whole = [...byBase].filter(([, files]) => files.some((file) => file.endsWith('.log')));
  return whole
    .sort(([one], [other]) => one - other)
    .map(([base, files]) => [base, files.map((file) => join(folder, file))]);
}

const command = (...args: readonly string[]) =>
  runMillrace(args, { MILLRACE_KAFKA_BROKERS: system.brokers, MILLRACE_URL: system.apiUrl });
const acceptGap = (partition: number, ...args: readonly string[]) =>
  command('partition', 'accept-gap', String(partition), '-o', 'json', ...args);

interface Listed {
  readonly partition: number;
  readonly halted: readonly { readonly service: string; readonly fault: string }[];
}
const haltedOf = ({ partitions }: { readonly partitions: readonly Listed[] }, partition: number) =>
  partitions.find((each) => each.partition === partition)?.halted ?? [];
/** Resolves when so many services say that they have halted at the partition. */
const whenHalted = (partition: number, services: number) =>
  until(`${services} to be halted`, async () => {
    const { body } = await ask(`${system.apiUrl}/v1/partitions`);
    return haltedOf(body, partition).length === services || undefined;
  });

it('halts where a segment is gone, goes on once the gap is accepted, and folds the same as a rebuild', async () => {
  const before = await submit(6);
  await whenEnded(system, before);
  for (const kind of halting) expect(system.kill(kind, 0, 'SIGSTOP')).toBe(true);
  const large = await submit(70, 'x'.repeat(100_000));
  await kafka.stop();
  const partition = segmentsOf(0).length >= segmentsOf(1).length ? 0 : 1;
  const [, gone, after] = segmentsOf(partition);
  const [from, to] = [gone![0], after![0]];
  for (const file of gone![1]) rmSync(file);
  for (const kind of halting) expect(system.kill(kind)).toBe(true);
  kafka = await startKafka();
  expect(kafka.brokers).toBe(system.brokers);

  const sentence = `Expected offset ${from} of log partition ${partition}, but found ${to}: records are missing.`;
  await whenHalted(partition, 2);
  const list = await command('partition', 'list', '-o', 'json');
  const listed = haltedOf(JSON.parse(list.stdout), partition);
  expect(listed.map(({ service }) => service).sort()).toEqual([
    expect.stringContaining('dispatcher'),
    expect.stringContaining('projector'),
  ]);
  for (const { fault } of listed) expect(fault).toContain(sentence);
  for (const kind of halting) expect(system.logsOf(kind)[0]).toContain(sentence);

  const elsewhere = await acceptGap(partition, '--from', String(from - 1));
  expect([elsewhere.code, elsewhere.stderr]).toEqual([5, expect.stringContaining('no gap begins there')]);
  const beginning = await acceptGap(partition, '--from', '0');
  expect([beginning.code, beginning.stderr]).toEqual([5, expect.stringContaining('begins at 0')]);
  const asked = await acceptGap(partition, '--from', String(from), '--dry-run');
  expect(JSON.parse(asked.stdout)).toEqual({ partition, from, to, accepted: 'dry-run' });
  const accepted = await acceptGap(partition, '--from', String(from));
  expect(JSON.parse(accepted.stdout)).toEqual({ partition, from, to, accepted: 'now' });
  const again = await acceptGap(partition, '--from', String(from));
  expect(JSON.parse(again.stdout)).toEqual({ partition, from, to, accepted: 'before' });

  await whenHalted(partition, 0);
  const later = await submit(8);
  expect(new Set((await whenEnded(system, later)).values())).toEqual(new Set(['succeeded']));
  const shown = await until('what was not lost to end', async () => {
    const statuses = await statusesOf(system.databaseUrl, large);
    return [...statuses.values()].includes('running') ? undefined : statuses;
  });
  expect(new Set(shown.values())).toEqual(new Set(['succeeded']));
  expect(large.length - shown.size).toBeGreaterThanOrEqual(1);
  expect(large.length - shown.size).toBeLessThanOrEqual(to - from);
  expect(await differenceFromRebuild(system)).toBeUndefined();
});
