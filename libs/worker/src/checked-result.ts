import type { Json } from '@millrace/domain';
import { limits } from '@millrace/protocol';
import { CheckpointRefused, ResultRefused } from './errors.js';

/** The frame around a result takes four levels itself. */
const levelsMax = limits.depthMax - 4;

/**
 * A handler's result as a report carries it: a copy, so that later changes of the object change nothing. Throws
 * `ResultRefused` with the path of what JSON cannot carry: BigInt, NaN, functions, U+0000, lone surrogates, a circle, more
 * than 60 levels, or more than 128 KiB.
 */
export function checkedResult(value: unknown): Json | undefined {
  return checkedPayload(value, 'result', limits.payloadBytesMax);
}

/** The details of a heartbeat as a checkpoint carries them, like a result. Throws `CheckpointRefused`. */
export function checkedCheckpoint(value: unknown): Json | undefined {
  try {
    return checkedPayload(value, 'checkpoint', limits.payloadBytesMax);
  } catch (cause) {
    throw new CheckpointRefused((cause as Error).message, { cause });
  }
}

function checkedPayload(value: unknown, what: 'result' | 'checkpoint', bytesMax: number): Json | undefined {
  if (value === undefined) return undefined;
  try {
    check(value, what, 0);
    const text = JSON.stringify(value);
    const bytes = Buffer.byteLength(text);
    if (bytes > bytesMax) {
      throw new ResultRefused(
        `Expected a ${what} of at most ${bytesMax} bytes, but it has ${bytes}. Store it elsewhere and return its address.`,
      );
    }
    return JSON.parse(text) as Json;
  } catch (cause) {
    if (cause instanceof ResultRefused) throw cause;
    throw new ResultRefused(`Expected a ${what} that JSON can carry, but reading it threw.`, { cause });
  }
}

function check(value: unknown, path: string, depth: number): void {
  switch (typeof value) {
    case 'boolean':
      return;
    case 'number':
      if (!Number.isFinite(value)) refuse(path, 'a finite number', `it is ${value}`);
      return;
    case 'string':
      if (value.includes('\u0000')) refuse(path, 'a string without U+0000', 'it has one');
      if (!value.isWellFormed()) refuse(path, 'a string of whole characters', 'it has a lone surrogate');
      return;
    case 'object':
      if (value !== null) checkObject(value, path, depth);
      return;
    default:
      refuse(path, 'something that JSON can carry', `found ${typeof value}`);
  }
}

function checkObject(value: object, path: string, depth: number): void {
  if (depth >= levelsMax) refuse(path, `nested at most ${levelsMax} deep`, 'it goes deeper or in a circle');
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index++) check(value[index], `${path}[${index}]`, depth + 1);
    return;
  }
  const { toJSON } = value as { toJSON?: unknown };
  if (typeof toJSON === 'function') return check(toJSON.call(value), path, depth + 1);
  if (value instanceof Map || value instanceof Set || ArrayBuffer.isView(value)) {
    refuse(path, 'a plain object or an array', `found ${value.constructor.name}`);
  }
  for (const [key, member] of Object.entries(value)) {
    if (member === undefined) continue;
    if (key.includes('\u0000') || !key.isWellFormed()) check(key, `a key of ${path}`, depth);
    check(member, `${path}.${key}`, depth + 1);
  }
}

function refuse(path: string, expected: string, found: string): never {
  const where = path.slice(0, 200).toWellFormed().replaceAll('\u0000', '\uFFFD');
  throw new ResultRefused(`Expected ${where} to be ${expected}, but ${found}.`);
}
