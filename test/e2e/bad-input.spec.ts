import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { once } from 'node:events';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { partitionOfRun, type TaskFinished, type TaskStarted } from '@millrace/domain';
import { decodeFrame } from '@millrace/protocol';
import { ask, until, type Answer } from '../support/ask.js';
import { foldLog } from '../support/log-of.js';
import { startLocalSystem, type TestSystem } from '../support/local-system.js';
import { differenceFromRebuild } from '../support/rebuild.js';

const handlers = [fileURLToPath(new URL('../support/handlers.mjs', import.meta.url))];
const folder = mkdtempSync(join(tmpdir(), 'millrace-bad-input-'));

let system: TestSystem;
let pids: (number | undefined)[];

beforeAll(async () => {
  system = await startLocalSystem({ handlers });
  pids = processes();
});
afterAll(async () => {
  await system?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const processes = (): (number | undefined)[] =>
  (['ingest', 'dispatcher', 'worker', 'projector', 'query'] as const).flatMap((kind) => system.pidsOf(kind));
const at = (path: string): string => `${system.apiUrl}${path}`;
const deep = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels);
const task = (input: string): string => `{"handler":"echo","input":${input}}`;
const yaml = { 'content-type': 'application/yaml' };

/** `status code`, after a look at what every refusal must have. */
function refusalOf({ status, type, body }: Answer): string {
  expect(type).toContain('application/problem+json');
  expect(body).toMatchObject({ status, type: `urn:millrace:problem:${body.code}`, title: expect.any(String) });
  expect(body.detail).toMatch(/^\S.{10,2000}[.)]?$/s);
  return `${status} ${body.code}`;
}
const pathsOf = ({ body }: Answer): string[] => body.faults.map((fault: { path: string }) => fault.path).sort();

/** Submits a task and gives its run's id. */
async function submit(body: object): Promise<string> {
  const answer = await ask(at('/v1/tasks'), body);
  expect(answer.status).toBe(202);
  return answer.body.run;
}

/** The run and its first task run once `holds`. */
function shown(run: string, holds: (task: Shown['tasks'][number], shown: Shown) => boolean): Promise<Shown> {
  return until(`run ${run} to be shown so`, async () => {
    const { status, body } = await ask(at(`/v1/runs/${run}`));
    return status === 200 && holds(body.tasks[0], body) ? (body as Shown) : undefined;
  });
}
interface Shown {
  readonly run: { readonly status: string; readonly reason: string | null };
  readonly tasks: readonly {
    readonly status: string;
    readonly attempt: number;
    readonly result: unknown;
    readonly error: { readonly name: string; readonly message: string } | null;
    readonly waitsFor?: { readonly reason: string; readonly detail: string };
  }[];
}
const ended = (run: string): Promise<Shown> => shown(run, (_task, { run: { status } }) => status !== 'running');

/** A file for a handler's notes, and its lines so far. */
function notes(name: string): { file: string; lines: () => string[] } {
  const file = join(folder, name);
  const lines = (): string[] => {
    try {
      return readFileSync(file, 'utf8').split('\n').filter(Boolean);
    } catch {
      return [];
    }
  };
  return { file, lines };
}

describe('a body that cannot be taken', () => {
  it.each([
    ['malformed JSON', '/v1/tasks', '{"handler":', '400 json-malformed'],
    ['an empty body', '/v1/tasks', '', '400 json-malformed'],
    ['bytes that are no UTF-8', '/v1/tasks', Uint8Array.of(0x22, 0xff, 0x22), '400 json-not-utf8'],
    ['a body that is no object', '/v1/tasks', '[1]', '400 request-invalid'],
    ['a wrong type', '/v1/tasks', '{"handler":7}', '400 request-invalid'],
    ['a body over 1 MiB', '/v1/tasks', task(`"${'x'.repeat(1_048_576)}"`), '413 body-too-large'],
    ['an input over 128 KiB', '/v1/tasks', task(`"${'x'.repeat(131_071)}"`), '413 payload-too-large'],
    ['a depth bomb of lists', '/v1/tasks', '['.repeat(1_000_000), '400 json-too-deep'],
    ['a depth bomb of objects', '/v1/tasks', '{"a":'.repeat(200_000), '400 json-too-deep'],
    ['a depth bomb of 16 MiB', '/v1/bulk', '['.repeat(16_000_000), '400 json-too-deep'],
    ['an input that is nested 61 deep', '/v1/tasks', task(deep(61)), '400 request-invalid'],
    ['an unknown workflow', '/v1/runs', '{"workflow":"nowhere"}', '422 workflow-unknown'],
    ['an unknown version', '/v1/runs', `{"workflow":"w","version":"${'0'.repeat(64)}"}`, '422 workflow-unknown'],
    ['an unknown queue', '/v1/tasks', '{"handler":"echo","queue":"nowhere"}', '422 queue-unknown'],
    ['a queue that cannot be', '/v1/tasks', '{"handler":"echo","queue":"No Where"}', '400 request-invalid'],
    ['an empty bulk', '/v1/bulk', '{"items":[]}', '400 request-invalid'],
    ['a cancel of what is no run', '/v1/runs/abc/cancel', '{}', '404 run-unknown'],
    ['a cancel without a sound reason', `/v1/runs/0000${'0'.repeat(32)}/cancel`, '{"reason":7}', '400 request-invalid'],
    ['SQL that writes', '/v1/sql', '{"query":"DELETE FROM run_records"}', '400 sql-refused'],
    ['SQL that hides a write', '/v1/sql', '{"query":"WITH x AS (DELETE FROM run_records RETURNING 1) SELECT 1"}', '400 sql-refused'],
    ['a route that is not there', '/v1/nowhere', '{}', '404 route-unknown'],
  ])('%s is answered at once', async (_title, path, body, expected) => {
    expect(refusalOf(await ask(at(path), body, undefined, 5_000))).toBe(expected);
  }); // prettier-ignore

  it.each([
    ['{"__proto__":{"a":1}}', 'json-key-forbidden', '/input/__proto__'],
    ['{"__pr\\u006fto__":{"a":1}}', 'json-key-forbidden', '/input/__proto__'],
    ['{"constructor":{"prototype":1}}', 'json-key-forbidden', '/input/constructor/prototype'],
    ['{"rows":[1,9007199254740993]}', 'json-number-not-exact', '/input/rows/1'],
    ['[1e400]', 'json-number-not-exact', '/input/0'],
    ['{"a/b":["\\u0000"]}', 'json-string-nul', '/input/a~1b/0'],
    ['["ok","\\ud800"]', 'json-string-lone-surrogate', '/input/1'],
  ])('the input %s is refused with its path', async (input, code, path) => {
    const answer = await ask(at('/v1/tasks'), task(input));
    expect(refusalOf(answer)).toBe(`400 ${code}`);
    expect(pathsOf(answer)).toEqual([path]);
  });

  it('lists unknown fields, and says of later ones that they come later', async () => {
    const later = { orderingKey: 'o', concurrencyKey: 'c', fairnessKey: 'f', tenant: 't' };
    const answer = await ask(at('/v1/tasks'), { handler: 'echo', ...later, retry: { tries: 3 }, handlr: 'x' });
    expect(refusalOf(answer)).toBe('400 request-invalid');
    expect(pathsOf(answer)).toEqual([...Object.keys(later).map((key) => `/${key}`), '/handlr', '/retry/tries'].sort());
    const messages = new Map(answer.body.faults.map(({ path, message }: Record<string, string>) => [path, message]));
    for (const key of Object.keys(later)) expect(messages.get(`/${key}`)).toContain('later version');
    expect(messages.get('/handlr')).toContain('correct its name');
  });

  it('another content type is answered with what it should be', async () => {
    const answer = await ask(at('/v1/tasks'), 'handler: echo', { 'content-type': 'text/plain' });
    expect(refusalOf(answer)).toBe('415 media-type-unsupported');
    expect(answer.body.detail).toContain('application/json');
  });

  it.each([
    ['bytes that are no HTTP', '\u0016\u0003\u0001\r\n\r\n', 'http-malformed'],
    ['headers over 16 KiB', `GET /${'x'.repeat(20_000)} HTTP/1.1\r\n\r\n`, 'headers-too-large'],
  ])('%s are answered with a problem too', async (_title, bytes, code) => {
    const { hostname, port } = new URL(system.apiUrl);
    const socket = connect(Number(port), hostname).setEncoding('utf8');
    let heard = '';
    socket.on('data', (text: string) => (heard += text)).on('error', () => {});
    socket.write(bytes);
    await once(socket, 'close');
    expect(heard).toContain('application/problem+json');
    expect(heard).toContain(`"code":"${code}"`);
  });
});

it.each([
  ['a run id that is none', '/v1/runs/abc', '400 run-id-invalid'],
  ['U+0000 in the path', '/v1/runs/%00', '400 run-id-invalid'],
  ['a broken escape', '/v1/runs/%zz', '400 request-invalid'],
  ['a run that is not there', `/v1/runs/0000${'0'.repeat(32)}`, '404 run-unknown'],
  ['a workflow that is not there', `/v1/workflows/${'w'.repeat(128)}`, '404 workflow-unknown'],
  ['a cursor that is none', '/v1/runs?cursor=garbage', '400 cursor-invalid'],
  ['a cursor of another list', `/v1/quarantine?cursor=${Buffer.from('["a",1]').toString('base64url')}`, '400 cursor-invalid'],
  ['an unknown parameter', '/v1/runs?colour=red', '400 request-invalid'],
  ['a limit of 0', '/v1/runs?limit=0', '400 request-invalid'],
  ['a status that does not exist', '/v1/runs?status=done', '400 request-invalid'],
  ['U+0000 in a filter', '/v1/runs?workflow=%00', '400 request-invalid'],
  ['a time that is none', '/v1/runs?since=yesterday', '400 request-invalid'],
  ['an offset that is none', '/v1/runs?waitFor=here', '400 request-invalid'],
  ['an offset that does not come', '/v1/runs?waitFor=0:999999999&waitMs=100', '412 not-yet-visible'],
])('a read with %s says what is wrong', async (_title, path, expected) => {
  const answer = await ask(at(path));
  expect(refusalOf(answer)).toBe(expected);
  expect(answer.retryAfter !== null).toBe(answer.status === 412);
}); // prettier-ignore

describe('a workflow', () => {
  const node = (id: string, more: object = {}): object => ({ id, handler: 'echo', ...more });
  it.each([
    ['workflow-empty /tasks', []],
    ['task-id-bad /tasks/0/id', [node('a b')]],
    ['task-id-duplicate /tasks/1/id', [node('a'), node('a')]],
    ['task-depends-on-itself /tasks/0/dependsOn/0', [node('a', { dependsOn: ['a'] })]],
    ['task-parent-unknown /tasks/0/dependsOn/0', [node('a', { dependsOn: ['z'] })]],
    ['task-parent-duplicate /tasks/1/dependsOn/1', [node('a'), node('b', { dependsOn: ['a', 'a'] })]],
    ['task-handler-bad /tasks/0/handler', [node('a', { handler: 'no good' })]],
    ['task-queue-bad /tasks/0/queue', [node('a', { queue: 'UPPER' })]],
    ['workflow-cycle /tasks/0/dependsOn', [node('a', { dependsOn: ['c'] }), node('b', { dependsOn: ['a'] }), node('c', { dependsOn: ['b'] })]],
  ])('with %s is refused with that', async (expected, tasks) => {
    const answer = await ask(at('/v1/workflows'), { name: 'bad', tasks });
    expect(refusalOf(answer)).toBe('422 workflow-invalid');
    expect(answer.body.faults.map(({ code, path }: Record<string, string>) => `${code} ${path}`)).toEqual([expected]);
    if (expected.startsWith('workflow-cycle')) expect(answer.body.detail).toContain('a -> b -> c -> a');
  }); // prettier-ignore

  it.each([
    ['is malformed', 'name: a\ntasks: [', '400 yaml-malformed'],
    ['contains itself', 'name: &a [*a]', '400 yaml-malformed'],
    ['grows when it is read', `a: &a [${'x,'.repeat(50)}]\nb: &b [${'*a,'.repeat(50)}]\nc: [${'*b,'.repeat(50)}]`, '400 yaml-malformed'],
    ['is a depth bomb', '['.repeat(1_000_000), '400 json-too-deep'],
    ['has a number that no double holds', 'name: w\ntasks: [{id: a, handler: h, input: 9007199254740993}]', '400 json-number-not-exact'],
    ['has a key __proto__', 'name: w\ntasks: [{id: a, handler: h, input: {__proto__: 1}}]', '400 json-key-forbidden'],
    ['has a tag that nobody knows', 'name: !!js/function x', '400 yaml-malformed'],
    ['is just text', 'just text', '400 request-invalid'],
    ['is over 1 MiB', `name: w # ${'x'.repeat(1_048_576)}`, '413 yaml-too-large'],
  ])('in YAML that %s is refused', async (_title, text, expected) => {
    expect(refusalOf(await ask(at('/v1/workflows'), text, yaml, 5_000))).toBe(expected);
  }); // prettier-ignore

  it('whose queue is not applied is registered, and refused when it is to run', async () => {
    const tasks = [{ id: 'a', handler: 'echo', queue: 'elsewhere' }];
    expect((await ask(at('/v1/workflows'), { name: 'elsewhere', tasks })).status).toBe(201);
    expect(refusalOf(await ask(at('/v1/runs'), { workflow: 'elsewhere' }))).toBe('422 queue-unknown');
  });
});

it('answers a bulk item by item: the good ones run, whatever stands between them', async () => {
  const items = [
    { handler: 'echo', input: 1 },
    { handler: 'echo', orderingKey: 'k' },
    { workflow: 'nowhere' },
    7,
    { handler: 'echo', input: 'x'.repeat(131_072) },
    { handler: 'echo', input: 2 },
  ];
  const { status, body } = await ask(at('/v1/bulk'), { items });
  expect(status).toBe(207);
  const told = body.items.map((item: { problem?: { status: number; code: string } }) => item.problem?.code ?? 'logged');
  expect(told).toEqual(['logged', 'request-invalid', 'workflow-unknown', 'request-invalid', 'payload-too-large', 'logged']);
  expect(body.items[1].problem.faults[0].path).toBe('/items/1/orderingKey');
  const results = await Promise.all([0, 5].map(async (place) => (await ended(body.items[place].run)).tasks[0]!.result));
  expect(results).toEqual([1, 2]);
}); // prettier-ignore

describe('a handler', () => {
  it('that no worker serves is waited for, and the run says so until it is cancelled', async () => {
    const run = await submit({ handler: 'nobody.serves-this' });
    const { run: row, tasks } = await shown(run, ({ waitsFor }) => waitsFor !== undefined);
    expect(row.status).toBe('running');
    expect(tasks[0]).toMatchObject({ status: 'queued', waitsFor: { reason: 'no-worker-serves-handler' } });
    expect(tasks[0]!.waitsFor!.detail).toContain('nobody.serves-this');
    expect(await ask(at(`/v1/runs/${run}/cancel`), {})).toMatchObject({ status: 202, body: { verdict: 'accepted' } });
    expect((await ended(run)).run.status).toBe('cancelled');
    const late = await ask(at(`/v1/runs/${run}/pause`), {});
    expect([late.status, late.body.code]).toEqual([409, 'run-ended']);
    expect(late.body.detail).toContain('had ended: cancelled');
    const never = await ask(at(`/v1/runs/0000${'0'.repeat(32)}/cancel`), {});
    expect([never.status, never.body.code]).toEqual([404, 'run-unknown']);
  });

  it.each([
    ['throw-text', 'just text', 'dead_lettered'],
    ['throw-circle', 'Circular', 'dead_lettered'],
    ['throw-nothing', 'it threw undefined', 'dead_lettered'],
    ['throw-trap', 'reading it threw', 'dead_lettered'],
    ['return-circle', 'in a circle', 'failed'],
    ['return-large', 'at most 131072 bytes', 'failed'],
    ['return-bigint', 'result.rows[1]', 'failed'],
    ['return-nul', 'without U+0000', 'failed'],
  ])('%s ends its run with an error that says %j', async (handler, words, status) => {
    const { run, tasks } = await ended(await submit({ handler, retry: { failuresMax: 1 } }));
    expect(run.status).toBe('failed');
    expect(tasks[0]).toMatchObject({ status, attempt: 1, error: { message: expect.stringContaining(words) } });
  });

  it('that never settles is cancelled at once, its signal aborts, and a second cancel is harmless', async () => {
    const { file, lines } = notes('never');
    const run = await submit({ handler: 'never', input: { file } });
    await until('the handler to start', async () => lines().includes('started') || undefined);
    for (const [reason, told] of [
      ['asked for', [202, 'accepted']],
      ['asked again', [200, 'unchanged']],
    ] as const) {
      const answer = await ask(at(`/v1/runs/${run}/cancel`), { reason });
      expect([answer.status, answer.body.verdict]).toEqual(told);
      const { run: row, tasks } = await ended(run);
      expect([row.status, tasks[0]!.status]).toEqual(['cancelled', 'cancelled']);
      expect(row.reason).toBe('asked for');
    }
    const aborted = await until('its signal to abort', async () => lines().find((line) => line.startsWith('aborted')));
    expect(aborted).toMatch(/^aborted: \S.+/);
    expect(lines().filter((line) => line === 'started')).toHaveLength(1);
  });

  it('that asks to claim first runs once, after its start was told and accepted in the log', async () => {
    const { file, lines } = notes('claimed');
    const run = await submit({ handler: 'note-time', input: { file }, claimFirst: true });
    expect((await ended(run)).run.status).toBe('succeeded');
    const { records } = await foldLog(system, partitionOfRun(run));
    const told = records.flatMap(({ value, at: loggedAt }) =>
      decodeFrame(value, 1).items.flatMap((item) => ('run' in item && item.run === run ? [{ item, loggedAt }] : [])),
    );
    const [start, end] = ['TaskStarted', 'TaskFinished'].map((type) => told.filter(({ item }) => item.type === type));
    expect([start!.length, end!.length, lines().length]).toEqual([1, 1, 1]);
    const nonce = (start![0]!.item as TaskStarted).nonce;
    expect(nonce).toMatch(/^\S+$/);
    expect((end![0]!.item as TaskFinished).nonce).toBe(nonce);
    expect(start![0]!.loggedAt).toBeLessThanOrEqual(Number(lines()[0]));
  });

  it('that never settles is ended at its start-to-close', async () => {
    const { file, lines } = notes('late');
    const limits = { startToCloseMs: 300, retry: { failuresMax: 1 } };
    const { run, tasks } = await ended(await submit({ handler: 'never', input: { file }, ...limits }));
    expect([run.status, tasks[0]!.status]).toEqual(['failed', 'timed_out']);
    expect(tasks[0]!.error!.message).toContain('300 ms');
    await until('its signal to abort', async () => lines().find((line) => line.startsWith('aborted')));
  });
});

it('has done all of that in the processes that it was started with, which go on, and shows what the log holds', async () => {
  expect(processes()).toEqual(pids);
  expect((await ended(await submit({ handler: 'echo', input: 'still here' }))).tasks[0]!.result).toBe('still here');
  expect(await differenceFromRebuild(system)).toBeUndefined();
});
