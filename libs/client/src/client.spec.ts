import { describe, expect, it } from 'vitest';
import { createClient } from './client.js';
import { MillraceError } from './millrace-error.js';
import { workflowLines } from './workflow-lines.js';

interface Sent {
  readonly method: string;
  readonly url: string;
  readonly body: unknown;
  readonly headers: Record<string, string>;
}

/** A fetch that answers from a list and remembers what was asked. */
function answers(...replies: (readonly [number, unknown] | Error)[]): { fetch: typeof fetch; sent: Sent[] } {
  const sent: Sent[] = [];
  const fetch = async (url: string | URL | Request, init: RequestInit = {}): Promise<Response> => {
    const { method = 'GET', body, headers } = init;
    sent.push({ method, url: String(url), body, headers: headers as Record<string, string> });
    const reply = replies[Math.min(sent.length, replies.length) - 1]!;
    if (reply instanceof Error) throw reply;
    return new Response(JSON.stringify(reply[1]), { status: reply[0] });
  };
  return { fetch, sent };
}

const problem = (status: number, code: string, retryAfter?: number): readonly [number, unknown] => [
  status,
  {
    type: 'urn:x',
    title: 't',
    status,
    code,
    detail: 'Expected a, but b.',
    ...(retryAfter === undefined ? {} : { retryAfter }),
  },
];
const submitted = { run: 'r', position: { partition: 0, offset: '1' } };

async function codeOf(call: Promise<unknown>): Promise<string> {
  return call.then(
    () => 'resolved',
    (error: unknown) => (error instanceof MillraceError ? `${error.status} ${error.code}` : 'another error'),
  );
}

describe('the client', () => {
  it('sends what is submitted, with the token', async () => {
    const { fetch, sent } = answers([202, submitted]);
    const client = createClient({ url: 'http://m/', fetch, token: 'secret' });
    expect(await client.submitTask({ handler: 'h', band: 'high' })).toEqual(submitted);
    expect(sent[0]).toMatchObject({ method: 'POST', url: 'http://m/v1/tasks', body: '{"handler":"h","band":"high"}' });
    expect(sent[0]!.headers['authorization']).toBe('Bearer secret');
  });

  it('streams a workflow line by line, anew at each try', async () => {
    const { fetch, sent } = answers(problem(503, 'streams-full', 0), [201, { name: 'w', version: 'v', tasks: 2 }]);
    const tasks = [
      { id: 'a', handler: 'h' },
      { id: 'b', handler: 'h', dependsOn: ['a'] },
    ];
    const client = createClient({ url: 'http://m', fetch });
    expect(await client.streamWorkflow(() => workflowLines({ name: 'w' }, tasks))).toMatchObject({ tasks: 2 });
    const bodies = await Promise.all(sent.map(({ body }) => new Response(body as ReadableStream).text()));
    expect(bodies).toEqual(
      Array(2).fill([{ name: 'w' }, ...tasks].map((line) => `${JSON.stringify(line)}\n`).join('')),
    );
    expect(new Headers(sent[0]!.headers).get('content-type')).toBe('application/x-ndjson');
  });

  it('repeats what was not taken, as often as it may', async () => {
    const busy = problem(503, 'log-behind', 0);
    const { fetch, sent } = answers(busy, problem(429, 'slow-down', 0), [202, submitted]);
    expect(await createClient({ url: 'http://m', fetch }).submitRun({ workflow: 'w' })).toEqual(submitted);
    expect(sent).toHaveLength(3);
    const never = answers(busy);
    const client = createClient({ url: 'http://m', fetch: never.fetch, retriesMax: 2 });
    expect(await codeOf(client.submitRun({ workflow: 'w' }))).toBe('503 log-behind');
    expect(never.sent).toHaveLength(3);
  });

  it('does not repeat a submit that may have been logged, but does repeat what is harmless twice', async () => {
    const undecided = answers(problem(503, 'log-unavailable', 0), [202, submitted]);
    const client = createClient({ url: 'http://m', fetch: undecided.fetch });
    expect(await codeOf(client.submitTask({ handler: 'h' }))).toBe('503 log-unavailable');
    expect(undecided.sent).toHaveLength(1);
    const again = answers(problem(503, 'log-unavailable', 0), [202, {}]);
    await createClient({ url: 'http://m', fetch: again.fetch }).cancelRun('r', 'why');
    expect(again.sent.map(({ body }) => body)).toEqual(['{"reason":"why"}', '{"reason":"why"}']);
  });

  it('repeats a submit with an idempotency key whatever became of it, and asks for verdicts', async () => {
    const known = { ...submitted, verdict: 'known' };
    const { fetch, sent } = answers(problem(503, 'log-unavailable', 0), [200, known]);
    const client = createClient({ url: 'http://m', fetch });
    expect(await client.submitTask({ handler: 'h', idempotencyKey: 'k' })).toEqual(known);
    expect(sent).toHaveLength(2);
    const broken = answers(new TypeError('fetch failed'), [200, known]);
    const again = createClient({ url: 'http://m', fetch: broken.fetch });
    expect(await again.submitTask({ handler: 'h', idempotencyKey: 'k' })).toEqual(known);
    await client.submitRun({ workflow: 'w' }, { waitForVerdict: true });
    expect(sent[2]!.headers['prefer']).toBe('wait');
  });

  it('carries the trace of who asks', async () => {
    const { fetch, sent } = answers([202, { run: 'r', items: [] }]);
    const client = createClient({ url: 'http://m', fetch });
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    await client.submitTask({ handler: 'h' }, { traceparent });
    await client.submitRun({ workflow: 'w' }, { traceparent, waitForVerdict: true });
    await client.submitBulk([{ handler: 'h' }], { traceparent });
    await client.submitTask({ handler: 'h' });
    expect(sent.map(({ headers }) => [headers['traceparent'], headers['prefer']])).toEqual([
      [traceparent, undefined],
      [traceparent, 'wait'],
      [traceparent, undefined],
      [undefined, undefined],
    ]);
  });

  it('has one family of errors', async () => {
    const call = (reply: readonly [number, unknown] | Error): Promise<string> =>
      codeOf(createClient({ url: 'http://m', fetch: answers(reply).fetch, retriesMax: 0 }).getRun('r'));
    expect(await call(problem(404, 'run-unknown'))).toBe('404 run-unknown');
    expect(await call([404, 'nginx'])).toBe('404 not-a-problem');
    expect(await call(new TypeError('fetch failed'))).toBe('0 unreachable');
  });

  it('gives the items of a bulk of which nothing was taken', async () => {
    const items = [{ problem: problem(422, 'queue-unknown')[1] }];
    const { fetch } = answers([422, { items }]);
    expect(await createClient({ url: 'http://m', fetch }).submitBulk([{ handler: 'h' }])).toEqual({ items });
  });

  it('waits for a run that is not shown yet, and gives up in time', async () => {
    const ended = { run: { status: 'failed' }, tasks: [] };
    const { fetch } = answers(problem(404, 'run-unknown'), [200, { run: { status: 'running' } }], [200, ended]);
    expect(await createClient({ url: 'http://m', fetch }).waitForRun('r')).toEqual(ended);
    const running = answers([200, { run: { status: 'running' } }]);
    const client = createClient({ url: 'http://m', fetch: running.fetch });
    expect(await codeOf(client.waitForRun('r', { timeoutMs: 30 }))).toBe('0 wait-over');
  });

  it('filters and sorts in the words of the API', async () => {
    const { fetch, sent } = answers([200, { runs: [], tasks: [], workflows: [], quarantine: [], next: null }]);
    const client = createClient({ url: 'http://m', fetch });
    await client.listRuns({ status: 'failed', workflow: 'a b', sort: 'requestedAt', since: new Date(0) });
    await client.listTaskRuns('r/1', { status: 'failed', sort: '-task', waitFor: { partition: 3, offset: '17' } });
    await client.listWorkflows({ sort: '-name', limit: 5 });
    await client.listQuarantine({ partition: 0 });
    expect(sent.map(({ url }) => url.replace('http://m/v1', ''))).toEqual([
      '/runs?status=failed&workflow=a+b&sort=requestedAt&since=1970-01-01T00%3A00%3A00.000Z',
      '/runs/r%2F1/tasks?status=failed&sort=-task&waitFor=3%3A17',
      '/workflows?sort=-name&limit=5',
      '/quarantine?partition=0',
    ]);
  });

  it('repeats a bulk by itself where each submit has a key', async () => {
    const undecided = problem(503, 'log-unavailable', 0);
    const items = [{ handler: 'h', idempotencyKey: 'a' }];
    const keyed = answers(undecided, [202, { items: [submitted] }]);
    await createClient({ url: 'http://m', fetch: keyed.fetch }).submitBulk(items, { waitForVerdict: true });
    expect(keyed.sent.map(({ headers }) => headers['prefer'])).toEqual(['wait', 'wait']);
    const { fetch, sent } = answers(undecided, [202, { items: [submitted] }]);
    const client = createClient({ url: 'http://m', fetch });
    expect(await codeOf(client.submitBulk([...items, { handler: 'h' }]))).toBe('503 log-unavailable');
    expect(sent).toHaveLength(1);
  });
});
