import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runRequestedType } from '@millrace/protocol';

const root = join(import.meta.dirname, '../..');
const goldenFolder = join(root, 'libs/protocol/golden/v1');

/** Bytes, and the document that they are where they are one. */
export interface Sample {
  readonly bytes: Uint8Array;
  readonly document: object | undefined;
}

function sampleOf(bytes: Uint8Array): Sample {
  try {
    return { bytes, document: JSON.parse(Buffer.from(bytes).toString()) as object };
  } catch {
    return { bytes, document: undefined };
  }
}

/** In the order of their offsets. */
export const goldenFrames: readonly Sample[] = readdirSync(goldenFolder)
  .filter((file) => file.endsWith('.frame'))
  .sort()
  .map((file) => sampleOf(readFileSync(join(goldenFolder, file))));

const everything = {
  name: 'everything',
  tasks: [
    { id: 'a', handler: 'h.a', queue: 'etl', band: 'high', input: { table: 'flights', rows: [1.5, -0.25, 'é'] }, claimFirst: true, delayMs: 5 },
    { id: 'b', handler: 'h.b', retry: { failuresMax: 2, policy: 'fixed', delayMs: 250, factor: 2, delayMsMax: 1_000, totalMs: 60_000, nonRetryable: ['Refused'] } },
    { id: 'c', handler: 'h.c', dependsOn: ['a', { id: 'b', when: 'result.rows > 0 && input.day != ""' }], join: { rule: 'n_of_m', n: 1 }, startToCloseMs: 1_000 },
    { id: 'd', handler: 'h.d', dependsOn: ['a', 'b', 'c'], join: 'all_done', heartbeatTimeoutMs: 500, scheduleToStartMs: 9, scheduleToCloseMs: 10 },
  ],
}; // prettier-ignore

/** Definitions as documents. */
export const workflows: readonly object[] = [
  JSON.parse(readFileSync(join(root, 'examples/02-etl/workflow.json'), 'utf8')) as object,
  everything,
  { name: 'w', tasks: [{ id: 'a', handler: 'h' }] },
  { name: 'w', tasks: [{ id: 'a', handler: 'h' }, { id: 'b', handler: 'h', dependsOn: ['a'] }, { id: 'c', handler: 'h', dependsOn: ['a'] }, { id: 'd', handler: 'h', dependsOn: ['b', 'c'] }] },
]; // prettier-ignore

/** Definitions as YAML. */
export const yamls: readonly Uint8Array[] = [
  readFileSync(join(root, 'examples/03-branches/workflow.yaml')),
  ...[
    'name: w\ntasks:\n  - &a {id: a, handler: h, input: {x: [1, 0x10, 1e3, ~, yes]}}\n  - id: b\n    handler: h\n    dependsOn: [a]\n    input: *a\n',
    'a: &a [x, x]\nb: &b [*a, *a]\nname: w\ntasks: [{id: a, handler: h, input: *b}]\n',
    'name: "w"\ntasks:\n- id: \'a\'\n  handler: |\n    h\n  input: >-\n    folded\n    text\n',
    '%YAML 1.2\n---\nname: w # a comment\ntasks: [{? id : a, handler: !!str h}]\n...\n',
  ].map((text) => Buffer.from(text)),
];

/** Bodies of requests, and the items of bulks and of the intake topic. */
export const bodies: readonly object[] = [
  { handler: 'h', queue: 'default', band: 'high', input: { day: '2026-11-24', é: [1.5, -0.25, true, null] }, idempotencyKey: 'order-17' },
  { handler: 'h', runAt: '2030-01-01T00:00:00+01:00', delayMs: 1, scheduleToStartMs: 1, scheduleToCloseMs: 2, startToCloseMs: 3, heartbeatTimeoutMs: 4, claimFirst: true },
  { handler: 'h', band: 2, retry: { failuresMax: 2, policy: 'exponential', delayMs: 1, factor: 2, delayMsMax: 3, totalMs: 4, nonRetryable: ['X'] } },
  { workflow: 'etl', version: '0'.repeat(64), input: [1, 2], band: 5, scheduleToCloseMs: 90_000, idempotencyKey: 'k' },
  { workflow: 'etl', runAt: '2030-01-01T00:00:00Z', delayMs: 7 },
  { items: [{ handler: 'h' }, { workflow: 'etl', input: 'x' }, { handler: 7 }] },
  { band: 'low', task: 3 },
  { reason: 'asked' },
  { query: 'SELECT 1', rowsMax: 10, timeoutMs: 1_000 },
  { status: 'running', workflow: 'etl', since: '2026-01-01T00:00:00Z', limit: '10', cursor: 'abc', waitFor: '3:17', waitMs: '100' },
]; // prettier-ignore

/** Headers of records of the intake topic. */
export const intakeHeaders: readonly Readonly<Record<string, string>>[] = [
  {},
  { ce_specversion: '1.0', ce_id: '17', ce_source: '/orders', ce_type: runRequestedType, 'content-type': 'application/json' },
  { ce_specversion: '1.0', ce_id: 'é', ce_source: 'urn:x', ce_type: runRequestedType, ce_time: '2026-11-24T00:00:00Z' },
  { 'content-type': 'application/cloudevents+json; charset=utf-8' },
]; // prettier-ignore
