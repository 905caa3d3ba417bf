import { Body, Controller, Module, Post } from '@nestjs/common';
import { afterEach, expect, it } from 'vitest';
import { commonConfig } from './config/service-config.js';
import { readConfig } from './config/read-config.js';
import { createService, type Service } from './create-service.js';
import { ServiceProblem } from './http/service-problem.js';

@Controller()
class EchoController {
  @Post('echo')
  echo(@Body() body: unknown): unknown {
    return { body };
  }

  @Post('busy')
  busy(): never {
    throw new ServiceProblem({ status: 503, code: 'busy', detail: 'Expected room, but none.', retryAfterMs: 1_200 });
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
const clock = { now: () => now, after: () => () => {} };
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

it('says when to come back, and nothing of its inside', async () => {
  const { app } = await start();
  const busy = await app.inject({ method: 'POST', url: '/busy', payload: '{}', headers: json });
  expect(busy.headers['retry-after']).toBe('2');
  expect(busy.json()).toMatchObject({ type: 'urn:millrace:problem:busy', title: 'Service Unavailable', retryAfter: 2 });
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
