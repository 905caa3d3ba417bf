import { crc32 } from 'node:zlib';
import { foldFrame, PartitionState, silent } from '@millrace/domain';
import * as given from '@millrace/domain/testing';
import { JsonRefused, parseJson, ServiceProblem } from '@millrace/nest-kit';
import { decodeFrame, encodeFrame, encodeItem } from '@millrace/protocol';
import { expect, it, vi } from 'vitest';
import { readRequest } from '../../apps/ingest/src/intake/read-request.js';
import { checkedDefinition, readItem } from '@millrace/protocol/requests';
import { readYaml } from '../../apps/ingest/src/workflows/read-yaml.js';
import { stepsOf } from './steps-of.ts';

vi.setConfig({ testTimeout: 120_000 });

const times = (count: number, text: string): string => text.repeat(count);
const each = (count: number, of: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => of(index)).join(',');
const item = (input: string): string => `{"handler":"h","input":${input}}`;
const frameOf = (items: string): string => `{"v":1,"by":"w","seq":2,"now":1700000000000,"items":[${items}]}`;

function fold(text: string): void {
  const state = new PartitionState();
  const born = encodeFrame('w', 1, given.epochStart, [encodeItem(given.born()), encodeItem(given.claimed())]);
  [born, text].forEach((each, offset) => {
    foldFrame(state, decodeFrame(Buffer.from(each), 1), offset, given.epochStart, silent);
  });
}
function request(text: string): void {
  const value = Buffer.from(text);
  readRequest({ topic: 't', partition: 0, offset: 0 }, { offset: 0, at: 0, value, crc: crc32(value), leaderEpoch: 0 });
  refused(() => readItem(parseJson(value), ''));
}
const workflow = (text: string): void => refused(() => checkedDefinition(parseJson(Buffer.from(text))));
const yaml = (text: string): void => refused(() => checkedDefinition(readYaml(text)));
function refused(read: () => unknown): void {
  try {
    read();
  } catch (error) {
    if (!(error instanceof JsonRefused) && !(error instanceof ServiceProblem)) throw error;
  }
}

type Shape = readonly [title: string, read: (text: string) => void, of: (size: number) => string];
/** Documents that grow in one direction, each known for having cost somebody the square of its size. */
const shapes: readonly Shape[] = [
  ['a frame of many items', fold, (n) => frameOf(each(n, () => encodeItem(given.cancelled())))],
  ['a frame of many requests', fold, (n) => frameOf(each(n, (i) => encodeItem(given.singleRequested({}, { run: given.runNamed(i) }))))],
  ['a frame of many scalars', fold, (n) => frameOf(each(n, () => '0'))],
  ['a frame with many unknown members', fold, (n) => `{"v":1,${each(n, (i) => `"x${i}":1`)}}`],
  ['a frame with many escapes', fold, (n) => frameOf(`"${times(n, '\\u0041')}"`)],
  ['a frame with many long numbers', fold, (n) => frameOf(each(n, () => '0.1234567890123456789'))],
  ['a frame with members "items" again and again', fold, (n) => `{${each(n, () => '"items":[1e400]')},"x":"\\u0041"}`],
  ['a plural event with many entries', fold, (n) => frameOf(encodeItem(given.dispatchedAll(Array.from({ length: n }, (_, task) => ({ run: given.runNamed(1), task, attempt: 1, worker: 'w', to: 1 })))))],
  ['workers with many queues', fold, (n) => frameOf(`{"type":"WorkersSeen","epoch":1,"workers":[{"worker":"w","handlers":[],"credits":1,"queues":{${each(n, (i) => `"q${i}":[0]`)}}}]}`)],
  ['a body nested deep', request, (n) => item(times(n, '['))],
  ['a body with many keys', request, (n) => item(`{${each(n, (i) => `"k${i}":${i}`)}}`)],
  ['a body with one huge key', request, (n) => item(`{"${times(n, 'k')}":1}`)],
  ['a body with a huge key that is escaped', request, (n) => item(`{"${times(n, '\\u006b')}":1}`)],
  ['a body with many unknown members', request, (n) => `{${each(n, (i) => `"k${i}":${i}`)}}`],
  ['a body with the same key again and again', request, (n) => `{${each(n, () => '"handler":"h"')}}`],
  ['a body with many long numbers', request, (n) => item(`[${each(n, () => '0.30000000000000004')}]`)],
  ['a body with one long number', request, (n) => item(`0.${times(n, '1')}`)],
  ['a body with many names not to be retried', request, (n) => `{"handler":"h","retry":{"nonRetryable":[${each(n, () => '7')}]}}`],
  ['a workflow of many tasks', workflow, (n) => `{"name":"w","tasks":[${each(n, (i) => `{"id":"t${i}","handler":"h"}`)}]}`],
  ['a workflow of one chain', workflow, (n) => `{"name":"w","tasks":[${each(n, (i) => `{"id":"t${i}","handler":"h","dependsOn":[${i === 0 ? '' : `"t${i - 1}"`}]}`)}]}`],
  ['a workflow of one circle', workflow, (n) => `{"name":"w","tasks":[${each(n, (i) => `{"id":"t${i}","handler":"h","dependsOn":["t${(i + 1) % n}"]}`)}]}`],
  ['a workflow with many parents of one task', workflow, (n) => `{"name":"w","tasks":[${each(n, (i) => `{"id":"t${i}","handler":"h"}`)},{"id":"end","handler":"h","dependsOn":[${each(n, (i) => `"t${i}"`)}]}]}`],
  ['a workflow with one parent again and again', workflow, (n) => `{"name":"w","tasks":[{"id":"a","handler":"h"},{"id":"b","handler":"h","dependsOn":[${each(n, () => '"a"')}]}]}`],
  ['a workflow with many ids that are the same', workflow, (n) => `{"name":"w","tasks":[${each(n, () => '{"id":"a","handler":"h"}')}]}`],
  ['a workflow with many conditions', workflow, (n) => `{"name":"w","tasks":[{"id":"a","handler":"h"},${each(n, (i) => `{"id":"t${i}","handler":"h","dependsOn":[{"id":"a","when":"result.x > ${i}"}]}`)}]}`],
  ['a long condition', workflow, (n) => `{"name":"w","tasks":[{"id":"a","handler":"h"},{"id":"b","handler":"h","dependsOn":[{"id":"a","when":"${times(n, 'x+')}1"}]}]}`],
  ['YAML of many tasks', yaml, (n) => `name: w\ntasks:\n${times(n, '- id: a\n  handler: h\n')}`],
  ['YAML nested deep in brackets', yaml, (n) => `name: ${times(n, '[')}`],
  ['YAML nested deep in lines', yaml, (n) => times(n, '- ')],
  ['YAML with many keys', yaml, (n) => Array.from({ length: n }, (_, i) => `k${i}: 1`).join('\n')],
  ['YAML with many anchors', yaml, (n) => Array.from({ length: n }, (_, i) => `- &a${i} 1`).join('\n')],
  ['YAML with many aliases', yaml, (n) => `- &a x\n${times(n, '- *a\n')}`],
  ['YAML with an alias bomb', yaml, (n) => `- &a0 x\n${Array.from({ length: n }, (_, i) => `- &a${i + 1} [*a${i}, *a${i}]`).join('\n')}`],
  ['YAML with long text', yaml, (n) => `name: |\n${times(n, '  a line\n')}`],
  ['YAML with many comments', yaml, (n) => `${times(n, '# x\n')}name: w`],
  ['YAML with many quotes', yaml, (n) => `name: "${times(n, '\\"')}"`],
  ['YAML with many documents', yaml, (n) => times(n, '---\na\n')],
]; // prettier-ignore

/** Eight times the input may cost eight times the steps, and a tenth for what does not depend on it. */
const [small, large] = [64, 512];
const ratioMax = 1.1;

it.each(shapes)('%s costs steps in proportion to its bytes', (_title, read, of) => {
  const [short, long] = [of(small), of(large)];
  read(short);
  const [first, second] = [stepsOf(() => read(short)), stepsOf(() => read(long))];
  const allowed = (long.length / short.length) * first * ratioMax;
  expect(second, `${first} steps for ${short.length} characters, ${second} for ${long.length}`).toBeLessThanOrEqual(
    allowed,
  );
});
