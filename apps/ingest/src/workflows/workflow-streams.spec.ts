import { request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { workflow } from '@millrace/domain/testing';
import { encodeWorkflow } from '@millrace/protocol';
import { afterEach, expect, it } from 'vitest';
import { givenIngest, topics, type GivenIngest } from '../testing/given-ingest.js';

let ingest: GivenIngest;
afterEach(() => ingest.close());

const ndjson = 'application/x-ndjson';
const head = '{"name":"test"}';
const node = (id: string, ...dependsOn: string[]): string => JSON.stringify({ id, handler: 'work', dependsOn });
const stream = (...lines: string[]) => ingest.ask('POST', '/v1/workflows', lines.join('\n'), ndjson);
const written = (): number => ingest.log.texts(topics.workflows, 0).length;

it('registers what the same workflow as JSON is, whatever order its nodes name each other in', async () => {
  ingest = await givenIngest();
  const definition = {
    name: 'test',
    tasks: ['sum', 'a', 'b'].map((id) => JSON.parse(node(id, ...(id === 'sum' ? ['b', 'a'] : [])))),
  };
  const { version } = encodeWorkflow(definition);
  const answer = await stream(head, '', ...definition.tasks.map((each) => JSON.stringify(each)), '');
  expect([answer.status, answer.body]).toEqual([201, { name: 'test', version, tasks: 3 }]);
  expect((await ingest.ask('POST', '/v1/workflows', definition)).status).toBe(200);
  expect((await ingest.ask('POST', '/v1/runs', { workflow: 'test' })).status).toBe(202);
});

it.each([
  ['no lines', [], 400, [['head-missing', 1, '']]],
  ['a head without a name', ['{"tasks":1}', node('a')], 400, [['value-invalid', 1, '/name']]],
  ['fewer tasks than promised', ['{"name":"test","tasks":2}', node('a')], 400, [['tasks-missing', 1, '/tasks']]],
  ['no tasks', [head], 422, [['workflow-empty', 1, '/tasks']]],
  ['a bad name', ['{"name":"no good"}', node('a')], 422, [['workflow-name-bad', 1, '/name']]],
  ['a line that is no JSON', [head, node('a'), '{"id":'], 400, [['json-malformed', 3, '']]],
  ['a member that is none', [head, '{"id":"a","handler":"h","x":1}'], 400, [['field-unknown', 2, '/x']]],
  [
    'an input that is too large',
    [head, `{"id":"a","handler":"h","input":"${'x'.repeat(140_000)}"}`],
    400,
    [['payload-too-large', 2, '/input']],
  ],
  ['two nodes of one id', [head, node('a'), '', node('a')], 422, [['task-id-duplicate', 4, '/id']]],
  [
    'parents that are not there',
    [head, node('a', 'ghost'), node('b', 'a', 'b')],
    422,
    [
      ['task-parent-unknown', 2, '/dependsOn/0'],
      ['task-depends-on-itself', 3, '/dependsOn/1'],
    ],
  ],
  ['a cycle', [head, node('r'), node('a', 'b'), node('b', 'a')], 422, [['workflow-cycle', 3, '/dependsOn']]],
  [
    'a condition that is no CEL',
    [head, node('a'), '{"id":"b","handler":"h","dependsOn":[{"id":"a","when":"1 +"}]}'],
    400,
    [['task-condition-bad', 3, '/dependsOn/0/when']],
  ],
])('says of %s where it stands, and writes nothing', async (_title, lines, status, faults) => {
  ingest = await givenIngest();
  const answer = await stream(...lines);
  const told = (answer.body.faults as { code: string; line: number; path: string }[]) ?? [];
  expect([answer.status, told.map(({ code, line, path }) => [code, line, path])]).toEqual([status, faults]);
  expect(answer.body.detail).toContain(`line ${faults[0]![1]}: `);
  expect(written()).toBe(0);
});

it('refuses a line, and a stream, that are too long', async () => {
  ingest = await givenIngest({ env: { MILLRACE_INGEST_WORKFLOW_STREAM_BYTES_MAX: '20000000' } });
  const long = `{"id":"a","handler":"${'h'.repeat(16 * 1024 * 1024)}"}`;
  const line = await stream(head, long);
  expect([line.status, line.body.faults]).toMatchObject([400, [{ code: 'line-too-long', line: 2 }]]);
  const whole = await stream(head, ...Array.from({ length: 300 }, (_, at) => node(`n${at}`, 'x'.repeat(100_000))));
  expect([whole.status, whole.body.code]).toEqual([413, 'body-too-large']);
  expect(written()).toBe(0);
});

it('tells the first 100 faults', async () => {
  ingest = await givenIngest();
  const bad = await stream(head, ...Array.from({ length: 5_000 }, () => '{'));
  expect([bad.status, bad.body.faults.length]).toEqual([400, 100]);
});

it('registers nothing of a stream that breaks, and takes the next', async () => {
  ingest = await givenIngest();
  const { app } = ingest.service;
  await app.listen(0, '127.0.0.1');
  const { port } = app.getHttpServer().address() as AddressInfo;
  const headers = { 'content-type': ndjson };
  for (let turn = 0; turn < 5; turn++) {
    const sending = request({ host: '127.0.0.1', port, path: '/v1/workflows', method: 'POST', headers });
    sending.on('error', () => undefined);
    await new Promise<void>((resolve) => void sending.write(`${head}\n${node('a')}\n`, () => resolve()));
    sending.destroy();
  }
  await ingest.until(async () => (await stream(head, node('a'))).status === 201);
  expect(written()).toBe(1);
});

it('answers a caller that is refused while it still sends', async () => {
  ingest = await givenIngest();
  const { app } = ingest.service;
  await app.listen(0, '127.0.0.1');
  const { port } = app.getHttpServer().address() as AddressInfo;
  const encoder = new TextEncoder();
  const body = new ReadableStream<Uint8Array>({ pull: (to) => to.enqueue(encoder.encode('{\n'.repeat(10_000))) });
  const url = `http://127.0.0.1:${port}/v1/workflows`;
  const sent = { method: 'POST', headers: { 'content-type': ndjson }, body, duplex: 'half' } as RequestInit;
  const answer = await fetch(url, sent);
  expect([answer.status, ((await answer.json()) as { faults: [] }).faults.length]).toEqual([400, 100]);
});

it('takes a workflow whose text is longer than a part', async () => {
  ingest = await givenIngest();
  const ids = Array.from({ length: 20_000 }, (_, at) => `leaf-${at}`);
  const answer = await stream(head, node('root'), ...ids.map((id) => node(id, 'root')), node('join', ...ids));
  expect([answer.status, answer.body.tasks]).toEqual([201, 20_002]);
  expect(written()).toBeGreaterThan(5);
  expect(answer.body.version).not.toBe(encodeWorkflow(workflow({ a: [] })).version);
});
