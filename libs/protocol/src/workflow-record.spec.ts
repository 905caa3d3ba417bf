import { canonicalJson, type Json } from '@millrace/domain';
import { pinned, workflow } from '@millrace/domain/testing';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { limits } from './limits.js';
import { encodeWorkflow, parseWorkflowRecord, splitText, workflowRecords } from './workflow-record.js';

const flow = workflow({ a: [], b: ['a'] });
const large = workflow({ a: [], b: ['a'] }, { a: { input: '😀'.repeat(100_000) } });
const bytesOf = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));

it('gives the same version whatever the order of members', () => {
  const { name, tasks } = flow;
  const reordered = { tasks: tasks.map(({ id, ...rest }) => ({ ...rest, id })), name };
  expect(encodeWorkflow(reordered).version).toBe(encodeWorkflow(flow).version);
  expect(encodeWorkflow(flow).version).toBe(pinned(flow).version);
});

it('is the canonical JSON in parts, however long its nodes are', () => {
  const { parts, bytes } = encodeWorkflow(large);
  const text = canonicalJson(large as unknown as Json);
  expect(parts).toEqual(splitText(text, limits.workflowPartCharsMax));
  expect(bytes).toBe(Buffer.byteLength(text));
});

it('splits text without cutting a pair of surrogates, and loses nothing', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 60 }), fc.integer({ min: 2, max: 9 }), (text, charsMax) => {
      const pieces = splitText(text, charsMax);
      expect(pieces.join('')).toBe(text);
      expect(pieces.every((piece) => piece.length <= charsMax && piece.isWellFormed())).toBe(true);
    }),
  );
  expect(splitText('', 5)).toEqual(['']);
});

it('reads back a record, and nothing from anything else', () => {
  const [record] = workflowRecords(encodeWorkflow(flow));
  expect(parseWorkflowRecord(bytesOf(record))).toEqual(record);
  const bad = [
    null,
    [],
    {},
    { ...record, v: 2 },
    { ...record, part: 1 },
    { ...record, version: 'x' },
    { ...record, body: 1 },
  ];
  for (const value of [...bad, { ...record, of: 1e9 }, { ...record, name: 7 }]) {
    expect(parseWorkflowRecord(bytesOf(value))).toBeUndefined();
  }
  expect(parseWorkflowRecord(undefined)).toBeUndefined();
  expect(parseWorkflowRecord(Uint8Array.of(0xff))).toBeUndefined();
});
