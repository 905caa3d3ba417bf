import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { crc32 } from 'node:zlib';
import kafkajs from 'kafkajs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { partitionOfRun, runIdOf, type Event } from '@millrace/domain';
import { controlPartitionOf, controlPartitions, crcHeader, crcText, encodeFrame, topicsOf } from '@millrace/protocol';
import { ask, until } from '../support/ask.js';
import { whenEnded } from '../support/ended.js';
import { startLocalSystem, type TestSystem } from '../support/local-system.js';
import { foldLog } from '../support/log-of.js';
import { runMillrace } from '../support/millrace-command.js';
import { differenceFromRebuild } from '../support/rebuild.js';

const { CompressionTypes, Kafka, logLevel } = kafkajs;
const handlers = [fileURLToPath(new URL('../support/handlers.mjs', import.meta.url))];
const services = ['ingest', 'dispatcher', 'worker', 'projector', 'query'] as const;

let system: TestSystem;
let kafka: kafkajs.Kafka;
let producer: kafkajs.Producer;
let pids: (number | undefined)[];
/** A run that goes on through all of this: nothing foreign may touch it. */
let living: { id: string; partition: number; worker: string };

beforeAll(async () => {
  system = await startLocalSystem({ handlers });
  kafka = new Kafka({ brokers: [system.brokers], clientId: 'foreigner', logLevel: logLevel.NOTHING });
  producer = kafka.producer();
  await producer.connect();
  pids = services.flatMap((kind) => system.pidsOf(kind));
  const id = await submit({ handler: 'until-aborted' });
  const worker = await until('the living run to start', async () => (await taskOf(id, 'running'))?.worker);
  living = { id, partition: partitionOfRun(id), worker };
});
afterAll(async () => {
  await producer?.disconnect();
  await system?.stop();
});

async function submit(body: object): Promise<string> {
  const answer = await ask(`${system.apiUrl}/v1/tasks`, body);
  expect(answer.status).toBe(202);
  return answer.body.run;
}

interface ShownTask {
  readonly status: string;
  readonly worker: string;
  readonly attempt: number;
}
async function taskOf(run: string, status: string): Promise<ShownTask | undefined> {
  const { body } = await ask(`${system.apiUrl}/v1/runs/${run}`);
  return body.tasks?.[0]?.status === status ? body.tasks[0] : undefined;
}

/** Appends a record to the log as it is; gives its offset. */
async function put(
  partition: number,
  value: string | Buffer | null,
  headers: Record<string, string> = {},
): Promise<number> {
  const topic = topicsOf(system.prefix).log;
  const [told] = await producer.send({ topic, messages: [{ partition, value, headers }], acks: -1 });
  return Number(told!.baseOffset);
}

/** Appends a well-formed frame of a foreign writer. */
function putFrame(partition: number, items: readonly (Event | string)[], by = newWriter(), seq = 1): Promise<number> {
  const texts = items.map((item) => (typeof item === 'string' ? item : JSON.stringify(item)));
  const frame = encodeFrame(by, seq, Date.now(), texts);
  return put(partition, frame, { [crcHeader]: crcText(crc32(frame)) });
}
const newWriter = (): string => `foreign-${randomBytes(6).toString('hex')}`;
const requestIn = (partition: number, handler = 'echo'): Event & { type: 'RunRequested' } => ({
  type: 'RunRequested',
  run: runIdOf(partition, randomBytes(16).toString('hex')),
  tenant: 'default',
  task: { handler },
  input: { from: 'a stranger' },
});

/** The quarantine as the API tells it, once the projection has passed `offset`: `offset:index cause`. */
async function quarantineOf(partition: number, offset: number): Promise<string[]> {
  const rows: { partition: number; offset: string; index: number; cause: string; detail: string }[] = [];
  const path = `/v1/quarantine?limit=200&waitFor=${partition}:${offset + 1}`;
  for (let cursor = ''; ;) {
    const { status, body } = await ask(`${system.apiUrl}${path}${cursor}`);
    expect(status).toBe(200);
    rows.push(...body.quarantine);
    if (body.next === null) break;
    cursor = `&cursor=${body.next}`;
  }
  for (const { detail } of rows) expect(detail).not.toBe('');
  return rows.filter((row) => row.partition === partition).map((row) => `${row.offset}:${row.index} ${row.cause}`);
}

it('quarantines bytes that are no frame, each with its place and cause', async () => {
  const { partition } = living;
  const good = encodeFrame(newWriter(), 1, Date.now(), [JSON.stringify(requestIn(partition))]);
  const crc = { [crcHeader]: crcText(crc32(good)) };
  const crcOf = (text: string): Record<string, string> => ({ [crcHeader]: crcText(crc32(text)) });
  const expected: string[] = [];
  const expectAt = (offset: number, cause: string): void => void expected.push(`${offset}:0 ${cause}`);
  expectAt(await put(partition, randomBytes(300)), 'crc-mismatch');
  expectAt(await put(partition, good), 'crc-mismatch');
  expectAt(await put(partition, good, { [crcHeader]: '00000000' }), 'crc-mismatch');
  expectAt(await put(partition, good, { [crcHeader]: 'no hex at all' }), 'crc-mismatch');
  expectAt(await put(partition, null), 'no-value');
  for (const [text, cause] of [
    ['', 'not-json'],
    ['{', 'not-json'],
    ['[1]', 'not-a-frame'],
    ['{"hello":"world"}', 'frame-version'],
    ['{"v":1,"by":"","seq":1,"now":1,"items":[1]}', 'frame-by'],
    ['{"v":1,"by":"x","seq":0,"now":1,"items":[1]}', 'frame-seq'],
    ['{"v":1,"by":"x","seq":1,"now":1,"items":[]}', 'frame-items'],
    ['['.repeat(400_000), 'not-json'],
    ['['.repeat(400_000) + ']'.repeat(400_000), 'not-a-frame'],
  ] as const) {
    expectAt(await put(partition, text, crcOf(text)), cause);
  }
  const last = await putFrame(partition, [requestIn(partition)]);
  expect(crc[crcHeader]).toMatch(/^[0-9a-f]{8}$/);
  expect(await quarantineOf(partition, last)).toEqual(expected);
});

it('quarantines bad items of a frame by themselves; their neighbours run', async () => {
  const partition = (living.partition + 1) % system.partitions;
  const [first, last] = [requestIn(partition), requestIn(partition)];
  const bad = [
    'null',
    '7',
    '{"type":"TaskVanished"}',
    '{"type":"constructor"}',
    '{"type":"CancelRequested","run":7,"command":"c"}',
    JSON.stringify({ ...requestIn(partition), idempotencyKey: 'k' }),
    JSON.stringify(requestIn(partition)).replace('"a stranger"', '"\\u0000"'),
    JSON.stringify(requestIn(partition)).replace('"a stranger"', '9007199254740993'),
    JSON.stringify(requestIn(partition)).replace('"a stranger"', '['.repeat(61) + ']'.repeat(61)),
  ];
  const offset = await putFrame(partition, [first, ...bad, last]);
  const statuses = await whenEnded(system, [first.run, last.run]);
  expect([...statuses.values()]).toEqual(['succeeded', 'succeeded']);
  const causes = ['not-an-event', 'not-an-event', 'unknown-kind', 'unknown-kind', 'bad-field', 'bad-field', 'nul-in-string', 'number-not-a-double', 'bad-field'];
  expect(await quarantineOf(partition, offset)).toEqual(causes.map((cause, index) => `${offset}:${index + 1} ${cause}`));
  const env = { MILLRACE_URL: system.apiUrl, MILLRACE_KAFKA_BROKERS: system.brokers };
  const listed = await runMillrace(['quarantine', 'list', '--partition', String(partition), '--cause', 'unknown-kind', '-o', 'json'], env);
  expect(JSON.parse(listed.stdout).map(({ index }: { index: number }) => index)).toEqual([3, 4]);
  const shown = await runMillrace(['quarantine', 'show', `${partition}:${offset}:3`, '--prefix', system.prefix], env);
  expect(shown).toMatchObject({ code: 0, stdout: expect.stringContaining('{"type":"TaskVa') });
  const event = await runMillrace(['quarantine', 'show', `${partition}:${offset}:0`, '--prefix', system.prefix], env);
  expect(event).toMatchObject({ code: 3, stdout: '' });
}); // prettier-ignore

it('rejects what only an owner in force may write, and what belongs elsewhere', async () => {
  const { partition, worker, id } = living;
  const { state } = await foldLog(system, partition);
  const queued = await submitTo(partition, 'nobody.serves-this');
  const entry = { run: queued, task: 0, attempt: 1, worker, to: 0 };
  const [over, ahead] = [state.epoch + 1, state.epoch + 7];
  const forged: [Event, string][] = [
    [{ type: 'PartitionClaimed', epoch: ahead, nonce: 'n', knows: 1 }, 'epoch-not-next'],
    [{ type: 'PartitionClaimed', epoch: state.epoch, nonce: 'n', knows: 1 }, 'epoch-not-next'],
    [{ type: 'PartitionBorn', cluster: 'c', nonce: 'n', partition, partitions: 1, rules: 9 }, 'already-born'],
    [{ type: 'TasksDispatched', epoch: over, basis: 1, reason: 'forged', entries: [entry] }, 'epoch-over'],
    [{ type: 'TasksRecalled', epoch: over, reason: 'queue-gone', entries: [{ run: id, task: 0, attempt: 1 }] }, 'epoch-over'],
    [{ type: 'WorkerLost', epoch: over, worker }, 'epoch-over'],
    [{ type: 'WorkersSeen', epoch: over, workers: [{ worker, queues: {}, handlers: [], credits: 0 }] }, 'epoch-over'],
    [{ type: 'TimersFired', epoch: over, until: Date.now() }, 'epoch-over'],
    [requestIn((partition + 1) % system.partitions), 'run-elsewhere'],
    [{ ...requestIn(partition), task: undefined as never, workflow: { name: 'w', version: '0'.repeat(64) } }, 'workflow-unknown'],
    [{ ...requestIn(partition), run: id }, 'run-known'],
    [{ type: 'TaskFinished', run: id, task: 0, attempt: 2, worker, startedAt: 1, finishedAt: 2, outcome: { kind: 'succeeded' } }, 'attempt-over'],
    [{ type: 'TaskFinished', run: id, task: 9, attempt: 1, worker, startedAt: 1, finishedAt: 2, outcome: { kind: 'succeeded' } }, 'task-unknown'],
    [{ type: 'CancelRequested', run: runIdOf(partition, '0'.repeat(32)), command: 'c' }, 'run-unknown'],
  ];
  const offset = await putFrame(partition, forged.map(([event]) => event));
  const { facts, state: after } = await foldLog(system, partition);
  expect(facts[offset]).toEqual(forged.map(([, reason]) => ({ fact: 'rejection', entry: 0, reason })));
  expect([after.epoch, after.rules]).toEqual([state.epoch, 1]);
  await ask(`${system.apiUrl}/v1/runs/${queued}/cancel`, {});
}); // prettier-ignore

/** A task in a partition of our choice: submitted until it lands there. */
async function submitTo(partition: number, handler: string): Promise<string> {
  for (;;) {
    const run = await submit({ handler });
    if (partitionOfRun(run) === partition) return run;
    await ask(`${system.apiUrl}/v1/runs/${run}/cancel`, {});
  }
}

it('rejects a frame that is sent again, whatever it holds', async () => {
  const { partition } = living;
  const by = newWriter();
  const request = requestIn(partition);
  await putFrame(partition, [request], by, 5);
  const again = await putFrame(partition, [request, requestIn(partition)], by, 5);
  const earlier = await putFrame(partition, [requestIn(partition)], by, 4);
  const { facts } = await foldLog(system, partition);
  const duplicate = { fact: 'rejection', entry: 0, reason: 'duplicate-frame' };
  expect([facts[again], facts[earlier]]).toEqual([[duplicate, duplicate], [duplicate]]);
  expect((await whenEnded(system, [request.run])).get(request.run)).toBe('succeeded');
});

it('reads over transactions of strangers, aborted ones too, and quarantines their markers', async () => {
  const { partition } = living;
  const topic = topicsOf(system.prefix).log;
  const strangers = kafka.producer({ transactionalId: newWriter(), idempotent: true, maxInFlightRequests: 1 });
  await strangers.connect();
  const request = requestIn(partition);
  const frame = encodeFrame(newWriter(), 1, Date.now(), [JSON.stringify(request)]);
  const headers = { [crcHeader]: crcText(crc32(frame)) };
  const offsets: number[] = [];
  for (const end of ['commit', 'abort'] as const) {
    const transaction = await strangers.transaction();
    const [told] = await transaction.send({ topic, messages: [{ partition, value: `${end} me` }], acks: -1 });
    offsets.push(Number(told!.baseOffset));
    await transaction[end]();
  }
  await strangers.disconnect();
  await producer.send({ topic, messages: [{ partition, value: frame, headers }], compression: CompressionTypes.GZIP });
  await whenEnded(system, [request.run]);
  const { facts } = await foldLog(system, partition);
  for (const offset of offsets)
    expect(facts[offset]).toEqual([{ fact: 'quarantine', index: 0, cause: 'crc-mismatch' }]);
  // Frames of others may stand between what a transaction wrote and its marker.
  const markers = facts
    .slice(offsets[0])
    .filter((of) => of?.some((each) => 'cause' in each && each.cause === 'no-value'));
  expect(markers).toEqual(offsets.map(() => [{ fact: 'quarantine', index: 0, cause: 'no-value' }]));
});

it('is harmed by no garbage on the topics for tasks, control, heartbeats and workflows', async () => {
  const { worker } = living;
  const topics = topicsOf(system.prefix);
  const ghost = requestIn(0).run;
  const delivery = { run: ghost, task: 0, id: 'task', attempt: 1, handler: 'echo', startToCloseMs: 1_000 };
  const record = { v: 1, epoch: 1, decidedAt: Date.now(), again: true, tasks: [delivery] };
  const heartbeat = { v: 1, kind: 'dispatcher', id: 'x', at: 1, knows: 1 };
  const garbledWorker = { ...heartbeat, kind: 'worker', slots: 1, busy: 0, handlers: ['echo'], queues: {}, credits: [], deliveries: [] };
  const garbage: Record<string, unknown[]> = {
    [topics.tasks('default', 'normal')]: [
      { ...record, tasks: [] },
      { ...record, tasks: [null, 7] },
      { ...record, tasks: [{ ...delivery, run: 7 }] },
      { ...record, epoch: 'x' },
      record,
    ],
    [topics.control]: [
      { v: 1, to: worker, kind: 'nonsense' },
      { v: 1, to: worker, kind: 'stop', run: 7 },
      { v: 1, to: worker, kind: 'verdict', run: ghost, task: 0, attempt: 1, nonce: 'n', holds: true },
      { v: 1, to: 7 },
    ],
    [topics.workers]: [
      { ...heartbeat, partitions: [null] },
      { ...heartbeat, partitions: [7, { partition: 'a', epoch: {}, pinned: 7 }] },
      { ...heartbeat, kind: 'worker', handlers: null },
      { ...heartbeat, kind: 'nobody' },
      { ...garbledWorker, deliveries: [{ run: 7 }] },
      { ...garbledWorker, handlers: [7] },
      { ...garbledWorker, queues: { default: ['x'] } },
      { ...garbledWorker, credits: [-1] },
    ],
    [topics.workflows]: [{ v: 1, name: 'w' }, { v: 1, name: 'w', version: '0'.repeat(64), part: 0, of: 1, body: '{}' }],
  };
  for (const [topic, values] of Object.entries(garbage)) {
    const all = [randomBytes(200), null, '', 'null', '7', '{', '['.repeat(100_000), ...values.map((value) => JSON.stringify(value))];
    const partition = topic === topics.control ? controlPartitionOf(worker, controlPartitions) : 0;
    await producer.send({ topic, messages: all.map((value) => ({ partition, value })), acks: -1 });
  }
  const items = Array.from({ length: 500 }, (_, input) => ({ handler: 'echo', input }));
  const { status, body } = await ask(`${system.apiUrl}/v1/bulk`, { items });
  expect(status).toBe(202);
  const statuses = await whenEnded(system, body.items.map(({ run }: { run: string }) => run));
  expect(new Set(statuses.values())).toEqual(new Set(['succeeded']));
  const workflow = { name: 'w', tasks: [{ id: 'a', handler: 'echo' }] };
  expect((await ask(`${system.apiUrl}/v1/workflows`, workflow)).status).toBe(201);
  const run = await ask(`${system.apiUrl}/v1/runs`, { workflow: 'w' });
  expect((await whenEnded(system, [run.body.run])).get(run.body.run)).toBe('succeeded');
  expect((await ask(`${system.apiUrl}/v1/runs/${ghost}`)).status).toBe(404);
}); // prettier-ignore

it('has left the living run, every process and every account as they should be', async () => {
  expect(await taskOf(living.id, 'running')).toMatchObject({ worker: living.worker, attempt: 1 });
  expect(services.flatMap((kind) => system.pidsOf(kind))).toEqual(pids);
  for (const kind of services) await system.whenReady(kind, 5_000);
  await ask(`${system.apiUrl}/v1/runs/${living.id}/cancel`, {});
  expect((await whenEnded(system, [living.id])).get(living.id)).toBe('cancelled');
  expect(await differenceFromRebuild(system)).toBeUndefined();
});
