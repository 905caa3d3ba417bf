import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { createClient } from './client.js';
import { MillraceError } from './millrace-error.js';

async function errorOf(call: () => Promise<unknown>): Promise<MillraceError> {
  const error = await call().catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(MillraceError);
  return error as MillraceError;
}

async function portOfNobody(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function answering(status: number, text: string, headers: Record<string, string> = {}) {
  const asked: string[] = [];
  const fetch = async (url: unknown): Promise<Response> => {
    asked.push(String(url));
    return new Response(text, { status, headers });
  };
  return {
    asked,
    client: (retriesMax = 0) => createClient({ url: 'http://m', fetch: fetch as typeof globalThis.fetch, retriesMax }),
  };
}
const problem = (code: string, more: object = {}): string =>
  JSON.stringify({ type: 'urn:x', title: 't', status: 503, code, detail: 'Expected a, but b.', ...more });

describe('a sentence says what is wrong', () => {
  it('where nobody listens', async () => {
    const url = `http://127.0.0.1:${await portOfNobody()}`;
    const error = await errorOf(() => createClient({ url, retriesMax: 0 }).workers());
    expect(error).toMatchObject({ code: 'unreachable', status: 0 });
    expect(error.detail).toBe(
      `Expected Millrace to answer at ${url}, but nobody listens there: is the service up, and are host and port right (ECONNREFUSED).`,
    );
  });

  it.each(['', 'localhost:4000', 'ftp://m', 'm'])('where %j is no URL', async (url) => {
    const error = await errorOf(async () => createClient({ url }));
    expect(error.code).toBe('url-invalid');
    expect(error.detail).toContain('such as http://127.0.0.1:8470');
  });

  it.each([200, 404])('where something else answers %i', async (status) => {
    const { client } = answering(status, '<html>\n  Welcome', { 'content-type': 'text/html; charset=utf-8' });
    const error = await errorOf(() => client().workers());
    expect(error).toMatchObject({ code: 'not-a-problem', status });
    expect(error.detail).toBe(
      `Expected an answer of Millrace to GET /v1/workers, but got status ${status} with text/html, "<html> Welcome". ` +
        `Is the URL that of Millrace, and is nothing else listening there?`,
    );
  });

  it('where a proxy speaks for a service that is down', async () => {
    const error = await errorOf(() => answering(502, 'Bad Gateway').client().workers());
    expect(error.detail).toContain('A proxy before Millrace may answer so while the service is down.');
  });

  it('where the service does not know the operation', async () => {
    const error = await errorOf(() => answering(404, problem('route-unknown')).client().getRun('r'));
    expect(error.code).toBe('route-unknown');
    expect(error.detail).toContain('to know GET /v1/runs/{id}, but it does not: its version is older or newer');
  });
});

describe('Retry-After', () => {
  it('is read from the problem, else from the header, in seconds or as a date', async () => {
    const after = async (text: string, header?: string): Promise<number | undefined> => {
      const headers: Record<string, string> = header === undefined ? {} : { 'retry-after': header };
      return (await errorOf(() => answering(503, text, headers).client().workers())).retryAfterMs;
    };
    expect(await after(problem('log-behind', { retryAfter: 7 }), '9')).toBe(7_000);
    expect(await after(problem('log-behind'), '9')).toBe(9_000);
    expect(await after('down', 'Wed, 01 Jan 2020 00:00:00 GMT')).toBe(0);
    expect(await after('down')).toBeUndefined();
  });

  it('over a minute is left to the caller', async () => {
    const { client, asked } = answering(429, problem('log-behind', { retryAfter: 61 }));
    expect((await errorOf(() => client(5).workers())).retryAfterMs).toBe(61_000);
    expect(asked).toHaveLength(1);
  });
});

it('repeats a read that a proxy could not pass on, and no submit', async () => {
  const { client, asked } = answering(502, 'Bad Gateway', { 'retry-after': '0' });
  await errorOf(() => client(2).workers());
  expect(asked).toHaveLength(3);
  await errorOf(() => client(2).submitTask({ handler: 'h' }));
  expect(asked).toHaveLength(4);
});
