import type { Json } from '@millrace/domain';
import { limits } from '@millrace/protocol';
import { JsonRefused } from './json-refused.js';
import { scanJson } from './scan-json.js';
import { tellable } from './tellable.js';

const decoder = new TextDecoder('utf-8', { fatal: true });

/**
 * JSON of bytes from outside. Throws `JsonRefused` for what is malformed, not UTF-8, or refused by `scanJson`. Of duplicate
 * keys the last wins. `depthMax` is nesting, default `limits.depthMax`.
 */
export function parseJson(bytes: Uint8Array, depthMax: number = limits.depthMax): Json {
  const fault = scanJson(bytes, depthMax);
  if (fault !== undefined) throw new JsonRefused(fault);
  return parse(decode(bytes));
}

function decode(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes);
  } catch (cause) {
    const detail = 'Expected UTF-8, but the bytes are not.';
    throw new JsonRefused({ code: 'json-not-utf8', detail, path: '' }, { cause });
  }
}

function parse(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch (cause) {
    const detail = `Expected JSON, but ${text === '' ? 'there are no bytes' : tellable((cause as Error).message)}.`;
    throw new JsonRefused({ code: 'json-malformed', detail, path: '' }, { cause });
  }
}
