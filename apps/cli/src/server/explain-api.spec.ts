import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { ran } from '../testing/ran.js';
import { cliVersion } from '../version.js';

let server: Server | undefined;

afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

/** A server that gives these answers by path, and `else` to everything else. */
async function serving(answers: Readonly<Record<string, readonly [status: number, body: unknown]>>): Promise<string> {
  server = createServer((request, response) => {
    const path = new URL(request.url!, 'http://here').pathname;
    const [status, body] = answers[path] ?? answers['else'] ?? [404, {}];
    response.writeHead(status, { 'content-type': typeof body === 'string' ? 'text/html' : 'application/json' });
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
const millrace = (version: string): readonly [number, unknown] => [200, { info: { title: 'Millrace', version } }];
const unknownRoute = [
  404,
  { type: 'about:blank', title: 'x', status: 404, code: 'route-unknown', detail: 'No.' },
] as const;
const list = ['partition', 'list', '--url'];

it('says that nobody is there, and how to start or name one', async () => {
  const url = await serving({});
  server!.close();
  await once(server!, 'close');
  const { code, stdout, stderr } = await ran(...list, url);
  expect([code, stdout]).toEqual([6, '']);
  expect(stderr).toMatch(
    /^Expected Millrace to answer at http:\S+, but: connect ECONNREFUSED \S+ Start it .*--profile\.\n$/,
  );
});

it('says that something else answers', async () => {
  const url = await serving({ else: [404, '<h1>Not here</h1>'] });
  const { code, stdout, stderr } = await ran(...list, url);
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toMatch(/^Expected Millrace at http:\S+, but something else answers there \(status 404, text\/html/);
  expect((await ran('run', 'list', '--url', await serving({ else: [200, {}] }))).code).toBe(2);
});

it('tells a proxy without its server from a wrong address', async () => {
  const { code, stderr } = await ran(...list, await serving({ else: [502, '<h1>Bad gateway</h1>'] }));
  expect([code, stderr]).toEqual([6, expect.stringContaining('in front of it says 502')]);
});

it('names both versions where the server speaks another API, or does not know a command', async () => {
  const livez = [200, { version: '9.9.9' }] as const;
  const other = await ran(
    ...list,
    await serving({ '/openapi.json': millrace('v2'), '/livez': livez, else: unknownRoute }),
  );
  expect([other.code, other.stderr]).toEqual([5, expect.stringMatching(/API v1 .* has v2\. .* 9\.9\.9: this is /)]);
  const older = await ran(
    ...list,
    await serving({ '/openapi.json': millrace('v1'), '/livez': livez, else: unknownRoute }),
  );
  expect([older.code, older.stderr]).toEqual([5, expect.stringContaining(`is 9.9.9 and this is ${cliVersion}`)]);
  const changed = await ran(
    ...list,
    await serving({ '/openapi.json': millrace('v1'), '/livez': livez, else: [200, { partitions: 'many' }] }),
  );
  expect([changed.code, changed.stderr]).toEqual([
    5,
    expect.stringContaining('as this version knows it, but partitions'),
  ]);
});

it.each([
  [['rnu', 'list'], 'Did you mean run?'],
  [['run', 'lsit'], 'Did you mean list?'],
  [['run', 'list', '--limti', '3'], 'Did you mean --limit?'],
])('suggests what was meant by %j', async (args, suggestion) => {
  const { code, stdout, stderr } = await ran(...args);
  expect([code, stdout, stderr]).toEqual([2, '', expect.stringContaining(suggestion)]);
});
