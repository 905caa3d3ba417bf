import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineTask, workflowContract, type StandardSchema, type TaskRunView } from '@millrace/protocol';
import { createClient } from './client.js';
import { resultOf, taskFor } from './contracts.js';
import { MillraceError } from './millrace-error.js';

const resizeImage = defineTask('resize-image', {
  input: z.object({ url: z.string(), width: z.int().min(1), at: z.iso.datetime().optional() }),
  result: z.object({ bytes: z.number().transform((bytes) => BigInt(bytes)) }),
  queue: 'images',
  startToCloseMs: 60_000,
});
const etl = workflowContract('etl', { input: z.object({ source: z.string() }), band: 'low' });
const image = { url: 'https://example.org/a.png', width: 640 };

function given(...bodies: readonly unknown[]) {
  const sent: { url: string; body: unknown; prefer: string | null }[] = [];
  const fetch = async (url: unknown, { body, headers }: RequestInit = {}): Promise<Response> => {
    const prefer = new Headers(headers).get('prefer');
    sent.push({
      url: String(url),
      body: body === undefined || body === null ? undefined : JSON.parse(String(body)),
      prefer,
    });
    return new Response(JSON.stringify(bodies[Math.min(sent.length, bodies.length) - 1]));
  };
  return { sent, client: createClient({ url: 'http://m', fetch: fetch as typeof globalThis.fetch, retriesMax: 0 }) };
}
const submitted = { run: 'r', position: { partition: 0, offset: '1' } };
const taskRun = (more: Partial<TaskRunView>) =>
  ({ handler: 'resize-image', status: 'succeeded', result: null, error: null, reason: null, ...more }) as TaskRunView;

async function detailOf(call: Promise<unknown>): Promise<string> {
  const error = await call.then(
    () => expect.fail('nothing was thrown'),
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(MillraceError);
  return (error as MillraceError).message;
}

describe('a submit by contract', () => {
  it('names the handler and what its tasks ask for, unless the task says otherwise', async () => {
    const { client, sent } = given(submitted);
    expect(await client.submitTask(resizeImage, { input: image })).toEqual(submitted);
    await client.submitTask(resizeImage, { input: image, queue: 'default', band: 1 }, { waitForVerdict: true });
    await client.submitTask(defineTask('ping'));
    await client.submitRun(etl, { input: { source: 's' }, idempotencyKey: 'k' });
    expect(sent.map(({ body }) => body)).toEqual([
      { handler: 'resize-image', queue: 'images', startToCloseMs: 60_000, input: image },
      { handler: 'resize-image', queue: 'default', startToCloseMs: 60_000, band: 1, input: image },
      { handler: 'ping' },
      { workflow: 'etl', band: 'low', input: { source: 's' }, idempotencyKey: 'k' },
    ]);
    expect(sent[1]!.prefer).toBe('wait');
  });

  it('says which field is wrong, what was expected and what was found, and sends nothing', async () => {
    const { client, sent } = given(submitted);
    const input = { url: 7, width: 0 } as never;
    const error = await client.submitTask(resizeImage, { input }).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      code: 'input-mismatch',
      detail:
        'Expected the input of task resize-image to match its schema, but: url: expected string, found number 7; ' +
        'width: Too small: expected number to be >=1 (found number 0).',
      faults: [{ path: '/input/url' }, { path: '/input/width' }],
    });
    expect(await detailOf(client.submitRun(etl, {} as never))).toContain('input of workflow etl');
    expect(sent).toEqual([]);
  });

  it('checks what travels, and sends it as it was given', async () => {
    const withDate = defineTask('h', { input: z.object({ at: z.date() }) });
    expect(await detailOf(taskFor(withDate, { input: { at: new Date(0) } }))).toContain(
      'at: expected date, found string "1970-01-01T00:00:00.000Z"',
    );
    const coerced = defineTask('h', { input: z.object({ count: z.coerce.number() }) });
    expect(await taskFor(coerced, { input: { count: '3' } })).toEqual({ handler: 'h', input: { count: '3' } });
    expect(await detailOf(taskFor(resizeImage, { input: { ...image, width: 1n } as never }))).toContain('to be JSON');
  });

  it('takes any Standard Schema, also one that takes its time', async () => {
    const slow: StandardSchema<number, string> = {
      '~standard': {
        version: 1,
        vendor: 'mine',
        validate: async (value) =>
          value === '1' ? { value: 1 } : { issues: [{ message: 'not one', path: [{ key: 'a/b' }] }] },
      },
    };
    const task = defineTask('h', { input: slow });
    expect(await taskFor(task, { input: '1' })).toEqual({ handler: 'h', input: '1' });
    const error = await taskFor(task, { input: '2' }).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ faults: [{ path: '/input/a~1b', message: 'a/b: not one (found nothing)' }] });
  });
});

describe('a result by contract', () => {
  it('comes as its schema gives it out, once the run has ended', async () => {
    const running = { run: { status: 'running' }, tasks: [taskRun({ status: 'running' })] };
    const ended = { run: { status: 'succeeded' }, tasks: [taskRun({ result: { bytes: 3 } })] };
    expect(await given(running, ended).client.waitForResult(resizeImage, submitted)).toEqual({ bytes: 3n });
    expect(await given(ended).client.waitForResult(resizeImage, 'r')).toEqual({ bytes: 3n });
  });

  it('that is none says why', async () => {
    const result = (more: Partial<TaskRunView>) => detailOf(resultOf(resizeImage, taskRun(more)));
    expect(await result({ status: 'failed', error: { message: 'no such image' } })).toBe(
      'Expected the task run of resize-image to succeed, but it is failed: no such image (run-not-succeeded)',
    );
    expect(await result({ status: 'timed_out', reason: 'start-to-close' })).toContain('timed_out: start-to-close');
    expect(await result({ result: { bytes: 'three' } })).toContain('bytes: expected number, found string "three"');
    expect(await result({ handler: 'other' })).toContain('but it is one of other');
    expect(await resultOf(defineTask('h', { result: z.undefined() }), taskRun({ handler: 'h' }))).toBeUndefined();
  });
});

it('refuses what is no contract with a sentence', () => {
  expect(() => defineTask('two words')).toThrow('Expected a handler name');
  expect(() => defineTask('h', { input: { type: 'object' } as never })).toThrow('to be a Standard Schema');
  expect(() => workflowContract('')).toThrow('Expected the name of a workflow');
});
