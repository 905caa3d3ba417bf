import { partitionOfRun } from '@millrace/domain';
import { partitionOfKey } from '@millrace/protocol';
import type { DispatchLoop } from '@millrace/runtime';
import { afterEach, describe, expect, it } from 'vitest';
import { givenDispatcher } from '../testing/given-dispatcher.js';
import { givenIngest, partitions, type Answer, type GivenIngest } from '../testing/given-ingest.js';

let open: { close(): Promise<void> }[] = [];
let loops: DispatchLoop[] = [];
afterEach(async () => {
  await Promise.all(loops.map((each) => each.stop()));
  await Promise.all(open.map((each) => each.close()));
  open = [];
  loops = [];
});
async function given(env: NodeJS.ProcessEnv = {}): Promise<GivenIngest> {
  const ingest = await givenIngest({ env });
  open.push(ingest);
  return ingest;
}
async function dispatched(ingest: GivenIngest, by?: string): Promise<DispatchLoop> {
  const loop = await givenDispatcher(ingest.log, by);
  loops.push(loop);
  return loop;
}
const shown = ({ status, body }: Answer): unknown[] => [status, body.verdict ?? body.code, body.run];
const task = (more: object = {}): object => ({ handler: 'h', ...more });

describe('a request with an idempotency key', () => {
  it('is answered 202, then 200 with the first run, then 409 for another body', async () => {
    const ingest = await given();
    await dispatched(ingest);
    const key = 'order-17';
    const first = await ingest.ask('POST', '/v1/tasks', task({ input: { a: 1, b: 2 }, idempotencyKey: key }));
    const { run } = first.body;
    expect(shown(first)).toEqual([202, 'new', run]);
    expect(partitionOfRun(run)).toBe(partitionOfKey('default', key, partitions));
    const again = await ingest.ask('POST', '/v1/tasks', task({ idempotencyKey: key, input: { b: 2, a: 1 } }));
    expect(shown(again)).toEqual([200, 'known', run]);
    const other = await ingest.ask('POST', '/v1/tasks', task({ idempotencyKey: key }));
    expect([other.status, other.body.code]).toEqual([409, 'key-conflict']);
    expect(other.body.detail).toContain(run);
    expect(ingest.events().filter(({ event }) => event.type === 'RunRequested')).toHaveLength(3);
  });

  it.each([
    ['what can be carried on', ' 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01 ', true],
    ['no id of zeros', '00-00000000000000000000000000000000-b7ad6b7169203331-01', false],
    ['nothing else', 'x', false],
  ])(
    'takes the trace of the request into the log, %s, and not into the hash of the body',
    async (_what, header, holds) => {
      const ingest = await given();
      await dispatched(ingest);
      const ask = (headers?: Record<string, string>) =>
        ingest.ask('POST', '/v1/tasks', task({ idempotencyKey: 'traced' }), undefined, headers);
      const first = await ask({ traceparent: header });
      expect(shown(first)[1]).toBe('new');
      const requested = ingest
        .events()
        .flatMap(({ event }) => (event.type === 'RunRequested' ? [event.traceparent] : []));
      expect(requested).toEqual([holds ? header.trim() : undefined]);
      expect(shown(await ask())).toEqual([200, 'known', first.body.run]);
    },
  );

  it('takes the key from the header, quoted or bare, which means the same as in the body', async () => {
    const ingest = await given();
    await dispatched(ingest);
    const ask = (header: string, body = task()): Promise<Answer> =>
      ingest.ask('POST', '/v1/tasks', body, undefined, { 'idempotency-key': header });
    const first = await ask('"a \\"b\\""');
    expect(shown(first)).toEqual([202, 'new', first.body.run]);
    expect(shown(await ask('a "b"'))).toEqual([200, 'known', first.body.run]);
    const inBody = await ingest.ask('POST', '/v1/tasks', task({ idempotencyKey: 'a "b"' }));
    expect(shown(inBody)).toEqual([200, 'known', first.body.run]);
    expect((await ask('a "b"', task({ idempotencyKey: 'a "b"' }))).status).toBe(200);
    const ambiguous = await ask('x', task({ idempotencyKey: 'y' }));
    expect([ambiguous.status, ambiguous.body.faults[0].code]).toEqual([400, 'key-ambiguous']);
  });

  it.each(['', '""', '"open', 'k'.repeat(201)])('refuses the header %s', async (header) => {
    const ingest = await given();
    const answer = await ingest.ask('POST', '/v1/tasks', task(), undefined, { 'idempotency-key': header });
    expect([answer.status, answer.body.faults[0].code]).toEqual([400, 'key-invalid']);
    expect(ingest.events()).toEqual([]);
  });

  it('refuses one header for all items of a bulk, and a key in the body that is no key', async () => {
    const ingest = await given();
    const bulk = await ingest.ask('POST', '/v1/bulk', { items: [task()] }, undefined, { 'idempotency-key': 'k' });
    expect([bulk.status, bulk.body.faults[0].code]).toEqual([400, 'key-invalid']);
    for (const idempotencyKey of ['', 'k'.repeat(201), 7, null]) {
      const answer = await ingest.ask('POST', '/v1/tasks', task({ idempotencyKey }));
      expect([answer.status, answer.body.faults[0].path]).toEqual([400, '/idempotencyKey']);
    }
  });

  it('is answered item by item in a bulk, wherever the keys go', async () => {
    const ingest = await given();
    await dispatched(ingest);
    const items = Array.from({ length: 50 }, (_, n) => task({ idempotencyKey: `k${n}`, input: n }));
    const bulk = [...items, ...items, task(), task({ idempotencyKey: 'k0', input: 'other' })];
    const { status, body } = await ingest.ask('POST', '/v1/bulk', { items: bulk });
    expect(status).toBe(207);
    const told = body.items.map(
      (item: { verdict?: string; problem?: { code: string } }) => item.verdict ?? item.problem?.code,
    );
    expect(told).toEqual([...items.map(() => 'new'), ...items.map(() => 'known'), undefined, 'key-conflict']);
    const runs = body.items.map(({ run }: { run: string }) => run);
    expect(runs.slice(50, 100)).toEqual(runs.slice(0, 50));
    expect(new Set(runs.slice(0, 50).map(partitionOfRun)).size).toBe(partitions);
  });

  it('is pending while nobody owns its partition, and known once somebody has taken over', async () => {
    const ingest = await given({ MILLRACE_INGEST_VERDICT_MS: '30' });
    const ask = (): Promise<Answer> => ingest.ask('POST', '/v1/tasks', task({ idempotencyKey: 'k' }));
    const first = await ask();
    expect(shown(first)).toEqual([202, 'pending', first.body.run]);
    const loop = await dispatched(ingest);
    await ingest.until(async () => (await ask()).body.verdict === 'known');
    await loop.stop();
    await dispatched(ingest, 'dispatcher-2');
    await ingest.until(async () => (await ask()).body.verdict === 'known');
    expect((await ask()).body.run).toBe(first.body.run);
  });

  it('is known to another ingest', async () => {
    const ingest = await given();
    await dispatched(ingest);
    const body = task({ idempotencyKey: 'k' });
    const first = await ingest.ask('POST', '/v1/tasks', body);
    const another = await givenIngest({ log: ingest.log });
    open.push(another);
    expect(shown(await another.ask('POST', '/v1/tasks', body))).toEqual([200, 'known', first.body.run]);
  });
});

it('Prefer: wait waits for the verdict of a request without a key', async () => {
  const ingest = await given({ MILLRACE_INGEST_VERDICT_MS: '30' });
  const ask = (prefer: string): Promise<Answer> => ingest.ask('POST', '/v1/tasks', task(), undefined, { prefer });
  expect((await ask('wait')).body.verdict).toBe('pending');
  await dispatched(ingest);
  await ingest.until(async () => (await ask('respond-async, wait=10')).body.verdict === 'new');
  expect((await ask('wait')).headers['preference-applied']).toBe('wait');
  expect((await ask('waiting')).body.verdict).toBeUndefined();
});
