import { once } from 'node:events';
import { connect, type AddressInfo } from 'node:net';
import { Body, Controller, Get, Module, Param, Post } from '@nestjs/common';
import { afterEach, expect, it } from 'vitest';
import { commonConfig } from './config/service-config.js';
import { readConfig } from './config/read-config.js';
import { createService, type Service } from './create-service.js';
import { ServiceProblem } from '@millrace/protocol/requests';

@Controller()
class EchoController {
  @Post('echo')
  echo(@Body() body: unknown): unknown {
    return { body };
  }

  @Get('names/:name')
  name(@Param('name') name: string): unknown {
    return { length: name.length };
  }

  @Post('busy')
  busy(): never {
    throw new ServiceProblem({
      status: 503,
      code: 'unavailable',
      detail: 'Expected room, but none.',
      retryAfterMs: 1_200,
    });
  }

  @Post('broken')
  broken(): never {
    throw new Error('secret inside');
  }
}

@Module({ controllers: [EchoController] })
class EchoModule {}

const silent = { info: () => {}, warn: () => {}, error: () => {} };
let now = 0;
const clock = { now: () => now, uptimeMs: () => now, after: () => () => {} };
let service: Service | undefined;

async function start(): Promise<Service> {
  const config = readConfig(commonConfig, {});
  const http = { bodyBytesMax: { '/echo': 2_000 }, textTypes: ['application/yaml'] };
  service = await createService({ name: 'echo', module: EchoModule, config, journal: silent, clock, http });
  await service.app.init();
  await service.app.getHttpAdapter().getInstance().ready();
  return service;
}
afterEach(async () => {
  await service?.app.close();
  await service?.app.close();
});

const json = { 'content-type': 'application/json' };

it('answers what it refuses as problem+json with a code', async () => {
  const { app } = await start();
  const ask = async (url: string, payload: string, headers: Record<string, string> = json) => {
    const answer = await app.inject({ method: 'POST', url, payload, headers });
    expect(answer.headers['content-type']).toContain('application/problem+json');
    const { status, code } = answer.json<{ status: number; code: string }>();
    expect(status).toBe(answer.statusCode);
    return `${status} ${code}`;
  };
  expect(await ask('/echo', '{"a":')).toBe('400 json-malformed');
  expect(await ask('/echo', '')).toBe('400 json-malformed');
  expect(await ask('/echo', '{"__proto__":{}}')).toBe('400 json-key-forbidden');
  expect(await ask('/echo', JSON.stringify('x'.repeat(3_000)))).toBe('413 body-too-large');
  expect(await ask('/echo', '<a/>', { 'content-type': 'text/xml' })).toBe('415 media-type-unsupported');
  expect(await ask('/nowhere', '{}')).toBe('404 route-unknown');
  expect(await ask('/%', '{}')).toBe('400 request-invalid');
  expect(await ask('/broken', '{}')).toBe('500 internal');
});

it('answers bytes that are no HTTP request, and headers that are too long, the same way', async () => {
  const { app } = await start();
  await app.listen(0, '127.0.0.1');
  const { port } = app.getHttpServer().address() as AddressInfo;
  const say = async (bytes: string): Promise<string> => {
    const socket = connect(port, '127.0.0.1').setEncoding('utf8');
    let heard = '';
    socket.on('data', (text: string) => (heard += text));
    socket.write(bytes);
    await once(socket, 'close');
    expect(heard).toContain('Content-Type: application/problem+json');
    return (JSON.parse(heard.slice(heard.indexOf('\r\n\r\n'))) as { code: string }).code;
  };
  expect(await say('\u0016\u0003\u0001 hello\r\n\r\n')).toBe('http-malformed');
  expect(await say(`GET /${'x'.repeat(20_000)} HTTP/1.1\r\n\r\n`)).toBe('headers-too-large');
});

it('takes a name of 128 escaped characters in a path, and does not repeat a long path in its answer', async () => {
  const { app } = await start();
  const name = await app.inject(`/names/${encodeURIComponent('é'.repeat(128))}`);
  expect(name.json()).toEqual({ length: 128 });
  const long = await app.inject(`/names/${'x'.repeat(2_000)}`);
  expect(long.json()).toMatchObject({ status: 414, code: 'uri-too-long' });
  const nowhere = await app.inject(`/Nowhere/${'x'.repeat(2_000)}/y`);
  expect(nowhere.json<{ detail: string }>().detail.length).toBeLessThan(300);
  expect(nowhere.json<{ detail: string }>().detail).toContain('cannot GET /Nowhere');
});

it('says when to come back, and nothing of its inside', async () => {
  const { app } = await start();
  const busy = await app.inject({ method: 'POST', url: '/busy', payload: '{}', headers: json });
  expect(busy.headers['retry-after']).toBe('2');
  expect(busy.json()).toMatchObject({
    type: 'urn:millrace:problem:unavailable',
    title: 'Service Unavailable',
    retryAfter: 2,
  });
  const broken = await app.inject({ method: 'POST', url: '/broken', payload: '{}', headers: json });
  expect(broken.body).not.toContain('secret');
});

it('takes JSON, and text where it is asked to', async () => {
  const { app } = await start();
  const answer = await app.inject({ method: 'POST', url: '/echo', payload: '{"a":[1]}', headers: json });
  expect(answer.json()).toEqual({ body: { a: [1] } });
  const headers = { 'content-type': 'application/yaml' };
  const text = await app.inject({ method: 'POST', url: '/echo', payload: 'a: 1', headers });
  expect(text.json()).toEqual({ body: 'a: 1' });
});

it('is ready when every part is, and alive until a part with lag stands still', async () => {
  const { app, health } = await start();
  const codes = async () => {
    const ready = await app.inject('/readyz');
    const live = await app.inject('/livez');
    return [ready.statusCode, live.statusCode];
  };
  const check = { ready: false, detail: 'reads', progress: 1, lags: true, waitsFor: undefined as string | undefined };
  health.register('reader', () => ({ ...check }));
  expect(await codes()).toEqual([503, 200]);
  check.ready = true;
  expect(await codes()).toEqual([200, 200]);
  now += 59_999;
  expect(await codes()).toEqual([200, 200]);
  check.progress = 2;
  expect(await codes()).toEqual([200, 200]);
  now += 60_000;
  expect(await codes()).toEqual([503, 503]);
  check.waitsFor = 'kafka';
  expect(await codes()).toEqual([200, 200]);
});

it('shows its metrics: what it is, how its checks fare, and its answers by route', async () => {
  const { app, health } = await start();
  health.register('reader', () => ({ ready: false, detail: 'reads' }));
  await app.inject('/names/anybody');
  await app.inject('/nowhere');
  const answer = await app.inject('/metrics');
  expect(answer.headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
  expect(answer.body).toMatch(/^millrace_build_info\{service="echo",version="\d+\.\d+\.\d+"\} 1$/m);
  expect(answer.body).toContain('millrace_check_ready{check="reader"} 0\n');
  expect(answer.body).toContain('millrace_http_requests_total{method="GET",route="/names/:name",status="200"} 1\n');
  expect(answer.body).toContain('millrace_http_requests_total{method="GET",route="unmatched",status="404"} 1\n');
});
