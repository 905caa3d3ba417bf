import { quarantineHeaders, runRequestedType } from '@millrace/protocol';
import type { DispatchLoop } from '@millrace/runtime';
import { afterEach, describe, expect, it } from 'vitest';
import { givenDispatcher } from '../testing/given-dispatcher.js';
import { givenIngest, partitions, topics, type GivenIngest } from '../testing/given-ingest.js';

let open: { close(): Promise<void> }[] = [];
let loops: DispatchLoop[] = [];
afterEach(async () => {
  await Promise.all(loops.map((each) => each.stop()));
  await Promise.all(open.map((each) => each.close()));
  open = [];
  loops = [];
});
async function given(options: Parameters<typeof givenIngest>[0] = {}): Promise<GivenIngest> {
  const ingest = await givenIngest(options);
  open.push(ingest);
  await ingest.until(() => ingest.intake.isStarted);
  ingest.intake.join({ intake: [0, 1, 2, 3] });
  return ingest;
}

const event = (id: string) => ({ ce_specversion: '1.0', ce_id: id, ce_source: '/orders', ce_type: runRequestedType });
async function send(
  ingest: GivenIngest,
  body: unknown,
  headers: Record<string, string> = {},
  partition = 0,
): Promise<void> {
  const value = Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
  await ingest.log.append(topics.intake, partition, [{ value, headers }]);
  ingest.intake.deliver();
}
const committed = (ingest: GivenIngest, partition = 0): number | undefined => {
  ingest.intake.commit();
  return ingest.intake.committed.get(`${topics.intake}/${partition}`);
};
const requested = (ingest: GivenIngest) =>
  ingest.events().flatMap(({ event }) => (event.type === 'RunRequested' ? [event] : []));
function quarantined(ingest: GivenIngest): { value: string; headers: Record<string, string> }[] {
  const text = (bytes: Uint8Array | undefined): string => Buffer.from(bytes ?? []).toString();
  return Array.from(
    { length: partitions },
    (_, partition) => ingest.log.partition(topics.quarantine, partition).records,
  )
    .flat()
    .map(({ value, headers }) => ({
      value: text(value),
      headers: Object.fromEntries([...(headers ?? [])].map(([name, bytes]) => [name, text(bytes)])),
    }));
}
const causes = (ingest: GivenIngest): (string | undefined)[] =>
  quarantined(ingest).map(({ headers }) => headers[quarantineHeaders.cause]);

describe('the intake topic', () => {
  it('makes a run of a CloudEvent, and one only however often it is delivered', async () => {
    const ingest = await given();
    loops.push(await givenDispatcher(ingest.log));
    await send(ingest, { handler: 'h', input: 1 }, event('1'));
    await ingest.until(() => committed(ingest) === 1);
    ingest.intake.committed.clear();
    ingest.intake.join({ intake: [0] });
    ingest.intake.deliver();
    await ingest.until(() => committed(ingest) === 1);
    const events = requested(ingest);
    expect(events.map(({ idempotency }) => idempotency?.key)).toEqual(new Array(2).fill('cloudevent:["/orders","1"]'));
    expect(events[0]).toMatchObject({ task: { handler: 'h' }, input: 1 });
    const again = await ingest.ask('POST', '/v1/tasks', { handler: 'h', input: 1 }, undefined, {
      'idempotency-key': 'cloudevent:["/orders","1"]',
    });
    expect([again.status, again.body.run]).toEqual([200, events[0]!.run]);
    expect(quarantined(ingest)).toEqual([]);
  });

  it('prefers the key in the data, and names a plain record by where it lies', async () => {
    const ingest = await given({ env: { MILLRACE_INGEST_VERDICT_MS: '10' } });
    await send(ingest, { handler: 'h', idempotencyKey: 'mine' }, event('1'), 1);
    await send(ingest, { handler: 'h' }, {}, 1);
    await ingest.until(() => committed(ingest, 1) === 2);
    expect(
      requested(ingest)
        .map(({ idempotency }) => idempotency!.key)
        .sort(),
    ).toEqual(['mine', 'record:["millrace.intake",1,1]']);
  });

  it('quarantines what can never be a run, with cause and origin, and goes on', async () => {
    const ingest = await given();
    loops.push(await givenDispatcher(ingest.log));
    const bad: [unknown, Record<string, string>][] = [
      ['{"handler":', event('1')],
      ['{"handler":"h","input":9007199254740993}', event('2')],
      [{ handler: 'h', nonsense: 1 }, event('3')],
      [{ workflow: 'nowhere' }, event('4')],
      [{ handler: 'h', queue: 'nowhere' }, event('5')],
      [[], event('6')],
      [{ handler: 'h' }, { ...event('7'), ce_type: 'other' }],
      [{ handler: 'h', idempotencyKey: '' }, event('8')],
    ];
    for (const [body, headers] of bad) await send(ingest, body, headers, 2);
    await send(ingest, { handler: 'h' }, event('9'), 2);
    await send(ingest, { handler: 'h', input: 'another body' }, event('9'), 2);
    await send(ingest, { handler: 'h' }, event('10'), 2);
    await ingest.until(() => committed(ingest, 2) === 11);
    expect(causes(ingest).sort()).toEqual(
      [
        ...['json-malformed', 'json-number-not-exact', 'request-invalid', 'workflow-unknown', 'queue-unknown'],
        ...['request-invalid', 'type-unknown', 'request-invalid', 'key-conflict'],
      ].sort(),
    );
    const unknown = quarantined(ingest).find(({ headers }) => headers[quarantineHeaders.cause] === 'workflow-unknown');
    expect(unknown).toMatchObject({ value: '{"workflow":"nowhere"}', headers: { ce_id: '4' } });
    expect(unknown!.headers[quarantineHeaders.origin]).toBe('millrace.intake/2/3');
    expect(requested(ingest)).toHaveLength(3);
  });

  it('quarantines a record without a value', async () => {
    const ingest = await given();
    ingest.log.partition(topics.intake, 0).appendValueless(0);
    ingest.intake.deliver();
    await ingest.until(() => committed(ingest) === 1);
    expect(causes(ingest)).toEqual(['no-value']);
  });

  it('waits for a log that is away, and settles nothing before', async () => {
    const ingest = await given({ env: { MILLRACE_INGEST_VERDICT_MS: '10', MILLRACE_INGEST_ACK_MS: '100' } });
    const value = Buffer.from('{"handler":"h"}');
    await ingest.log.append(topics.intake, 0, [{ value, headers: event('1') }]);
    ingest.intake.deliver();
    ingest.log.stop();
    await ingest.until(async () =>
      (await ingest.ask('GET', '/readyz')).body.checks.some(
        ({ name, detail }: { name: string; detail: string }) => name === 'events' && detail.includes('waits'),
      ),
    );
    expect(committed(ingest)).toBeUndefined();
    ingest.log.restart();
    await ingest.until(() => committed(ingest) === 1);
    expect(new Set(requested(ingest).map(({ idempotency }) => idempotency!.key)).size).toBe(1);
  });

  it('settles nothing of a partition that another has by now', async () => {
    const ingest = await given({ env: { MILLRACE_INGEST_ACK_MS: '100' } });
    await ingest.log.append(topics.intake, 0, [{ value: Buffer.from('{"handler":"h"}'), headers: event('1') }]);
    ingest.intake.deliver();
    ingest.log.stop();
    ingest.intake.leave();
    ingest.log.restart();
    await ingest.close();
    open = [];
    expect(committed(ingest)).toBeUndefined();
  });

  it('is left alone where it is switched off', async () => {
    const ingest = await givenIngest({ env: { MILLRACE_INGEST_INTAKE_ENABLED: '0' } });
    open.push(ingest);
    expect(ingest.intake.isStarted).toBe(false);
  });
});

it('takes the trace of a record, from the plain header or the extension of its CloudEvent', async () => {
  const ingest = await given();
  const trace = (span: string) => `00-0af7651916cd43dd8448eb211c80319c-${span}-01`;
  await send(ingest, { handler: 'h' }, { ...event('a'), traceparent: trace('00000000000000a1') });
  await send(ingest, { handler: 'h' }, { ...event('b'), ce_traceparent: trace('00000000000000b2') });
  await send(ingest, { handler: 'h' }, { ...event('c'), traceparent: 'none' });
  await ingest.until(() => requested(ingest).length === 3);
  const traces = requested(ingest).map(({ traceparent }) => traceparent);
  expect(new Set(traces)).toEqual(new Set([trace('00000000000000a1'), trace('00000000000000b2'), undefined]));
});
