import type { RunView } from '@millrace/protocol';
import { describe, expect, it } from 'vitest';
import { createClient } from './client.js';
import type { TailedEvent, TailOptions } from './tail-run.js';

const run: RunView = {
  ...{ id: 'r', partition: 0, tenant: 'default', workflow: null, version: null, status: 'running', taskCount: 1 },
  ...{ requestedAt: '2026-01-01T00:00:00.000Z', endedAt: null, reason: null, pausedAt: null, idempotencyKey: null },
};
const event = (id: string, status: RunView['status']): string =>
  `id: ${id}\nevent: run.${status}\ndata: ${JSON.stringify({ kind: 'run', run: { ...run, status } })}\n\n`;

/** Answers with one body after the other, each in pieces of seven bytes, and remembers where readers went on. */
function service(...bodies: readonly (string | number)[]) {
  const asked: (string | undefined)[] = [];
  const fetch = async (_url: unknown, { headers }: RequestInit = {}): Promise<Response> => {
    asked.push((headers as Record<string, string>)['last-event-id']);
    const body = bodies[Math.min(asked.length, bodies.length) - 1]!;
    if (body === 204) return new Response(null, { status: 204 });
    if (typeof body === 'number') {
      const code = body === 412 ? 'not-yet-visible' : 'run-unknown';
      const problem = { type: 'urn:x', title: 't', status: body, code, detail: 'Expected a, but b.', retryAfter: 0 };
      return new Response(JSON.stringify(problem), { status: body });
    }
    const bytes = new TextEncoder().encode(body);
    const pieces = Array.from({ length: Math.ceil(bytes.length / 7) }, (_, at) => bytes.slice(at * 7, at * 7 + 7));
    return new Response(ReadableStream.from(pieces) as unknown as ReadableStream<Uint8Array>);
  };
  return { client: createClient({ url: 'http://m', fetch: fetch as typeof globalThis.fetch, retriesMax: 0 }), asked };
}

async function gathered<T>(source: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const each of source) found.push(each);
  return found;
}

async function all({ client }: ReturnType<typeof service>, options?: TailOptions): Promise<TailedEvent[]> {
  return gathered(client.tailRun('r', options));
}

describe('the tail of a run', () => {
  it('goes on behind the last event where a connection ends, until the run has ended', async () => {
    const tail = service(
      `retry: 1\n\n${event('0-1-1', 'running')}id: 0-2`,
      `: silence\n\n${event('0-2-2-end', 'failed')}`,
    );
    const heard = await all(tail);
    expect(heard.map(({ id }) => id)).toEqual(['0-1-1', '0-2-2-end']);
    expect(heard.at(-1)).toMatchObject({ kind: 'run', run: { status: 'failed' } });
    expect(tail.asked).toEqual([undefined, '0-1-1']);
  });

  it('begins where the caller says, and ends where the end was told', async () => {
    const tail = service(204);
    expect(await all(tail, { lastEventId: '0-2-2-end' })).toEqual([]);
    expect(tail.asked).toEqual(['0-2-2-end']);
  });

  it('throws what the service refuses, and what is no event', async () => {
    await expect(all(service(404))).rejects.toMatchObject({ code: 'run-unknown', status: 404 });
    await expect(all(service('data: {"kind":"other"}\n\n'))).rejects.toMatchObject({ code: 'not-a-problem' });
  });

  it('asks again for as long as it likes where the rows are behind what was logged', async () => {
    const behind = service(412, 412, 412, event('0-2-2-end', 'succeeded'));
    expect(await all(behind, { waitFor: { partition: 0, offset: '9' } })).toHaveLength(1);
    expect(behind.asked).toHaveLength(4);
    await expect(all(service(412), { patienceMs: -1 })).rejects.toMatchObject({ code: 'not-yet-visible' });
    await expect(all(service(412), { signal: AbortSignal.timeout(20) })).rejects.toThrow('timeout');
  });

  it('ends with its signal', async () => {
    const over = new AbortController();
    const tail = service(event('0-1-1', 'running'));
    const heard = tail.client.tailRun('r', { signal: over.signal });
    await heard.next();
    over.abort(new RangeError('over'));
    await expect(heard.next()).rejects.toThrow(RangeError);
  });
});

it('gives every run page by page', async () => {
  const pages = [
    { runs: [run, run], next: 'c' },
    { runs: [run], next: null },
  ];
  const urls: string[] = [];
  const fetch = async (url: unknown): Promise<Response> => {
    urls.push(String(url));
    return new Response(JSON.stringify(pages[urls.length - 1]));
  };
  const client = createClient({ url: 'http://m', fetch: fetch as typeof globalThis.fetch });
  expect(await gathered(client.runs({ status: 'running' }))).toHaveLength(3);
  expect(urls).toEqual(['http://m/v1/runs?status=running', 'http://m/v1/runs?status=running&cursor=c']);
});
