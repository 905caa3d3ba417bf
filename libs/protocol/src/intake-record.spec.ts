import { CloudEvent, Kafka } from 'cloudevents';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readIntakeRecord, runRequestedType } from './intake-record.js';

const origin = { topic: 'millrace.intake', partition: 3, offset: 17 };
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const headersOf = (headers: object): Map<string, Uint8Array> =>
  new Map(
    Object.entries(headers)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => [name, bytes(String(value))]),
  );
const body = { handler: 'h', input: { n: 1 } };
const event = { ce_specversion: '1.0', ce_id: '7', ce_source: '/orders', ce_type: runRequestedType };

/** What is read of a record, or the cause of its fault. */
function read(headers: object, value: Uint8Array | undefined = bytes(JSON.stringify(body))): unknown {
  const found = readIntakeRecord(origin, headersOf(headers), value);
  return 'fault' in found
    ? found.fault.cause
    : { key: found.key, body: JSON.parse(new TextDecoder().decode(found.data)) };
}

describe('a record of the intake topic', () => {
  it('is read as the CloudEvents SDK writes it, whatever source and id are', () => {
    const text = fc.string({ minLength: 1, unit: 'grapheme' });
    const keys = new Map<string, string>();
    fc.assert(
      fc.property(text, text, (id, source) => {
        const sent = new CloudEvent({ id, source, type: runRequestedType, data: body }, false);
        const { headers, value } = Kafka.binary(sent) as { headers: object; value: unknown };
        const found = read(headers, bytes(typeof value === 'string' ? value : JSON.stringify(value)));
        expect(found).toMatchObject({ body });
        const { key } = found as { key: string };
        expect(key.length).toBeLessThanOrEqual(200);
        const named = JSON.stringify([source, id]);
        expect(keys.get(key) ?? named).toBe(named);
        keys.set(key, named);
      }),
    );
  });

  it.each([{}, { ce_id: '' }, { ce_source: '' }, { ce_type: '' }, { ce_time: '2026-11-25T00:00:00Z' }])(
    'is no event where the CloudEvents SDK finds none: %j',
    (more) => {
      const headers = { ...event, ...more };
      const message = { headers, value: JSON.stringify(body), body: undefined, key: '', timestamp: undefined };
      const isEvent = ((): boolean => {
        try {
          return (Kafka.toEvent(message as never) as CloudEvent).validate();
        } catch {
          return false;
        }
      })();
      expect(typeof read(headers) === 'object').toBe(isEvent);
    },
  );

  it('has its key from source and id, or from where it lies', () => {
    expect(read(event)).toEqual({ key: 'cloudevent:["/orders","7"]', body });
    expect(read({ unrelated: 'x' })).toEqual({ key: 'record:["millrace.intake",3,17]', body });
    expect(readIntakeRecord(origin, undefined, bytes('{}'))).toMatchObject({ key: 'record:["millrace.intake",3,17]' });
    expect(read({ ...event, ce_source: 's'.repeat(300) })).toMatchObject({
      key: expect.stringMatching(/^cloudevent:sha256:[0-9a-f]{64}$/),
    });
  });

  it('takes JSON of every kind and nothing else', () => {
    for (const type of [
      'application/json',
      'application/json; charset=utf-8',
      'application/vnd.x.y+json',
      'text/json',
    ]) {
      expect(read({ ...event, 'content-type': type })).toMatchObject({ body });
    }
    expect(read({ ...event, 'content-type': 'text/plain' })).toBe('content-type-unsupported');
    expect(read({ 'content-type': 'application/cloudevents+json; charset=utf-8' })).toBe('not-binary-mode');
    expect(read({ 'content-type': 'application/cloudevents-batch+json' })).toBe('not-binary-mode');
  });

  it('says what it lacks', () => {
    expect(readIntakeRecord(origin, headersOf(event), undefined)).toMatchObject({ fault: { cause: 'no-value' } });
    expect(read({ ...event, ce_specversion: '0.3' })).toBe('specversion-unsupported');
    expect(read({ ce_id: '1' })).toBe('specversion-unsupported');
    expect(read({ ...event, ce_id: '' })).toBe('attribute-missing');
    expect(read({ ...event, ce_type: 'other' })).toBe('type-unknown');
    const broken = headersOf(event).set('ce_source', Uint8Array.of(0xff));
    expect(readIntakeRecord(origin, broken, bytes('{}'))).toMatchObject({ fault: { cause: 'attribute-missing' } });
  });
});
