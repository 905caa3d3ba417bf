import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { limits } from './limits.js';

/** The `type` of CloudEvents that ask for a run; their data is the JSON of one item of POST /v1/bulk. */
export const runRequestedType = 'millrace.run.requested';

/** Where a record of the intake topic lies. */
export interface IntakeOrigin {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
}

/** What a record of the intake topic asks for. */
export interface IntakeRequest {
  /** JSON in UTF-8, not looked into yet. */
  readonly data: Uint8Array;
  /** The idempotency key where the data names none: a redelivered record makes no second run. */
  readonly key: string;
}
export interface IntakeFault {
  /** Kebab-case. */
  readonly cause: string;
  readonly detail: string;
}
type Headers = ReadonlyMap<string, Uint8Array>;

/**
 * Reads a record of the intake topic: a CloudEvent 1.0 in binary mode (headers `ce_id`, `ce_source`, `ce_specversion`,
 * `ce_type`; data in the value), or a record without such headers, whose value is the data. The key comes from source and
 * id, or else from topic, partition and offset. Total: what cannot be read is a fault.
 */
export function readIntakeRecord(
  origin: IntakeOrigin,
  headers: Headers | undefined,
  value: Uint8Array | undefined,
): IntakeRequest | { readonly fault: IntakeFault } {
  if (value === undefined) return fault('no-value', 'Expected data, but the record has no value that can be read.');
  const isEvent = headers !== undefined && [...headers.keys()].some((name) => name.startsWith('ce_'));
  const contentType = textOf(headers?.get('content-type'));
  if (/^\s*application\/cloudevents\b/i.test(contentType ?? '')) {
    return fault('not-binary-mode', 'Expected a CloudEvent in binary mode, but this one is structured or a batch.');
  }
  if (contentType !== undefined && !/^\s*[\w.+-]+\/([\w.-]+\+)?json\s*(;.*)?$/i.test(contentType)) {
    return fault('content-type-unsupported', `Expected application/json, but the data is ${shown(contentType)}.`);
  }
  if (!isEvent) {
    const { topic, partition, offset } = origin;
    return { data: value, key: keyOf('record', [topic, partition, offset]) };
  }
  return readEvent(headers, value);
}

function readEvent(headers: Headers, value: Uint8Array): IntakeRequest | { readonly fault: IntakeFault } {
  const [version, id, source, type] = ['specversion', 'id', 'source', 'type'].map((name) => {
    return textOf(headers.get(`ce_${name}`));
  });
  if (version !== '1.0') {
    return fault('specversion-unsupported', `Expected ce_specversion 1.0, but found ${shown(version)}.`);
  }
  const missing = Object.entries({ ce_id: id, ce_source: source, ce_type: type }).find(([, text]) => !text);
  if (missing !== undefined) {
    return fault(
      'attribute-missing',
      `Expected ${missing[0]} as UTF-8 that is not empty, but found ${shown(missing[1])}.`,
    );
  }
  if (type !== runRequestedType) {
    return fault('type-unknown', `Expected ce_type ${runRequestedType}, but found ${shown(type)}.`);
  }
  return { data: value, key: keyOf('cloudevent', [source!, id!]) };
}

/** Readable where it is short enough, else the SHA-256 of it. */
function keyOf(kind: string, parts: readonly (string | number)[]): string {
  const text = JSON.stringify(parts);
  const key = `${kind}:${text}`;
  const isKey = key.length <= limits.keyCharsMax && !key.includes('\\u');
  return isKey ? key : `${kind}:sha256:${bytesToHex(sha256(utf8ToBytes(text)))}`;
}

/** Undefined for what is absent or no UTF-8. */
function textOf(bytes: Uint8Array | undefined): string | undefined {
  try {
    return bytes === undefined ? undefined : new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function shown(text: string | undefined): string {
  return text === undefined ? 'none' : JSON.stringify(text.slice(0, 100));
}

function fault(cause: string, detail: string): { readonly fault: IntakeFault } {
  return { fault: { cause, detail } };
}
