import type { Json } from '@millrace/domain';
import { utf8ToBytes } from '@noble/hashes/utils.js';
import { limits } from '../limits.js';
import type { ProblemFault } from './service-problem.js';

/** Nesting of a payload: the log's frames and the task records need the rest of `limits.depthMax` around it. */
export const payloadDepthMax = limits.depthMax - 4;

export interface PayloadSize {
  readonly bytes: number;
  readonly fault?: ProblemFault;
}

/** How long a payload is as JSON in UTF-8, and what forbids it. */
export function measurePayload(value: Json | undefined, path: string): PayloadSize {
  if (value === undefined) return { bytes: 0 };
  const text = JSON.stringify(value);
  const bytes = text.length * 3 <= limits.payloadBytesMax ? text.length : utf8ToBytes(text).length;
  if (bytes > limits.payloadBytesMax) {
    const message = `Expected at most ${limits.payloadBytesMax} bytes of JSON, but found ${bytes}. Pass a reference to the data.`;
    return { bytes, fault: { code: 'payload-too-large', message, path } };
  }
  if (isWithin(value, payloadDepthMax)) return { bytes };
  const message = `Expected at most ${payloadDepthMax} levels of nesting, but found more. Flatten it.`;
  return { bytes, fault: { code: 'json-too-deep', message, path } };
}

function isWithin(value: Json, depth: number): boolean {
  if (typeof value !== 'object' || value === null) return true;
  if (depth === 0) return false;
  for (const member of Object.values(value)) if (!isWithin(member as Json, depth - 1)) return false;
  return true;
}
