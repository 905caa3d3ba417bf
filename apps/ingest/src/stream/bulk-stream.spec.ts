import { request, type ClientRequest, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { givenIngest, type GivenIngest } from '../testing/given-ingest.js';
import { LineSplitter } from './line-splitter.js';

let open: GivenIngest[] = [];
afterEach(async () => {
  await Promise.all(open.map((each) => each.close()));
  open = [];
});
async function given(options?: Parameters<typeof givenIngest>[0]): Promise<GivenIngest> {
  const ingest = await givenIngest(options);
  open.push(ingest);
  return ingest;
}
interface Answered {
  readonly line: number;
  readonly run?: string;
  readonly problem?: { readonly code: string };
}
const told = (text: string): Answered[] =>
  text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as Answered]));
const shown = ({ line, problem }: Answered): string => `${line} ${problem?.code ?? 'run'}`;
const ndjson = { 'content-type': 'application/x-ndjson' };

/** Over a real connection, so that the answers come while lines are still sent. */
async function stream(ingest: GivenIngest): Promise<{ sending: ClientRequest; answer: Promise<IncomingMessage> }> {
  const { app } = ingest.service;
  await app.listen(0, '127.0.0.1');
  const { port } = app.getHttpServer().address() as AddressInfo;
  const sending = request({ host: '127.0.0.1', port, path: '/v1/bulk', method: 'POST', headers: ndjson });
  sending.flushHeaders();
  return { sending, answer: new Promise((resolve) => sending.once('response', resolve)) };
}

it('cuts bytes into lines wherever the chunks end, and drops lines that are too long', () => {
  const text = fc.stringMatching(/^[ab\n]{0,60}$/);
  fc.assert(
    fc.property(text, fc.array(fc.nat(60), { maxLength: 6 }), fc.integer({ min: 1, max: 8 }), (all, cuts, max) => {
      const splitter = new LineSplitter(max);
      const bytes = Buffer.from(all);
      const ends = [...cuts.map((cut) => cut % (bytes.length + 1)).sort((one, other) => one - other), bytes.length];
      let from = 0;
      const lines = ends.flatMap((end) => {
        const chunk = bytes.subarray(from, end);
        from = end;
        return [...splitter.push(chunk)];
      });
      const found = [...lines, ...splitter.end()].map((line) => [line.number, line.bytes?.toString()]);
      const expected = all.split('\n').map((line, index) => [index + 1, line.length > max ? undefined : line]);
      expect(found).toEqual(expected.at(-1)![1] === '' ? expected.slice(0, -1) : expected);
    }),
  );
});

describe('a stream of items', () => {
  it('is answered line by line in order, and a bad line costs its neighbours nothing', async () => {
    const ingest = await given();
    const good = '{"handler":"h"}';
    const long = `{"handler":"h","input":"${'x'.repeat(1024 * 1024)}"}`;
    const lines = [
      good,
      '{"handler":',
      '',
      `  ${good}\r`,
      '{"handler":"h","x":1}',
      '[]',
      long,
      '{"workflow":"nowhere"}',
      good,
    ];
    const answer = await ingest.service.app.inject({
      method: 'POST',
      url: '/v1/bulk',
      headers: ndjson,
      payload: lines.join('\n'),
    });
    expect([answer.statusCode, answer.headers['content-type']]).toEqual([200, 'application/x-ndjson; charset=utf-8']);
    expect(told(answer.body).map(shown)).toEqual([
      '1 run',
      '2 json-malformed',
      '4 run',
      '5 request-invalid',
      '6 request-invalid',
      '7 line-too-long',
      '8 workflow-unknown',
      '9 run',
    ]);
    const runs = ingest.events().map(({ event }) => event.type === 'RunRequested' && event.run);
    expect(runs.sort()).toEqual(
      told(answer.body)
        .flatMap(({ run }) => run ?? [])
        .sort(),
    );
  });

  it('takes many more items than a bulk, in few frames', async () => {
    const ingest = await given();
    const payload = '{"handler":"h"}\n'.repeat(5_000);
    const answer = await ingest.service.app.inject({ method: 'POST', url: '/v1/bulk', headers: ndjson, payload });
    expect(told(answer.body).map(shown)).toEqual(Array.from({ length: 5_000 }, (_, index) => `${index + 1} run`));
    expect(ingest.events()).toHaveLength(5_000);
  });

  it('is answered while it is still sent, and what was sent counts when its caller goes away', async () => {
    const ingest = await given();
    const { sending, answer } = await stream(ingest);
    sending.write('{"handler":"h"}\n{"handler":');
    const answered = await answer;
    const first = await new Promise<Buffer>((resolve) => answered.once('data', resolve));
    expect(told(first.toString()).map(shown)).toEqual(['1 run']);
    answered.on('error', () => undefined);
    sending.on('error', () => undefined).destroy();
    const after = await ingest.ask('POST', '/v1/tasks', { handler: 'after' });
    expect(after.status).toBe(202);
    expect(ingest.events()).toHaveLength(2);
  });

  it('is read no faster than its answers are taken', async () => {
    const ingest = await given();
    const { sending, answer } = await stream(ingest);
    const lines = '{"handler":"h","nonsense":true}\n'.repeat(2_000);
    let written = 0;
    for (; written < 200 && sending.write(lines); written++) await new Promise((resolve) => setImmediate(resolve));
    expect(written).toBeLessThan(200);
    const answered = await answer;
    let answers = 0;
    answered.on('data', (chunk: Buffer) => (answers += chunk.toString().split('\n').length - 1));
    sending.end();
    await new Promise((resolve) => answered.once('end', resolve));
    expect(answers).toBe((written + 1) * 2_000);
  });

  it('is taken by no other route, and with no key for all lines', async () => {
    const ingest = await given();
    const ask = (url: string, more: object) =>
      ingest.service.app.inject({ method: 'POST', url, headers: { ...ndjson, ...more }, payload: '{"handler":"h"}' });
    const other = await ask('/v1/tasks', {});
    expect([other.statusCode, other.json().code]).toEqual([415, 'media-type-unsupported']);
    expect((await ask('/v1/bulk', { 'idempotency-key': 'k' })).statusCode).toBe(400);
    expect(ingest.events()).toEqual([]);
  });

  it('says of each line that nothing can be taken now', async () => {
    const ingest = await given({ born: false });
    const payload = '{"handler":"h"}\n{"handler":"h"}';
    const answer = await ingest.service.app.inject({ method: 'POST', url: '/v1/bulk', headers: ndjson, payload });
    expect(told(answer.body).map(shown)).toEqual(['1 log-not-ready', '2 log-not-ready']);
  });
});
