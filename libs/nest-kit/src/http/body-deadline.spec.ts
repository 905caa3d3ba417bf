import { connect, type AddressInfo } from 'node:net';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { expect, it } from 'vitest';
import { addBodyDeadline } from './body-deadline.js';

async function answerTo(contentType: string, body: string): Promise<string> {
  const fastify = new FastifyAdapter().getInstance();
  fastify.addContentTypeParser('application/x-ndjson', (_request, _body, done) => done(null, undefined));
  addBodyDeadline(fastify, 20, (type) => type === 'application/x-ndjson');
  fastify.post('/', async () => 'taken');
  await fastify.listen({ port: 0, host: '127.0.0.1' });
  const socket = connect((fastify.server.address() as AddressInfo).port, '127.0.0.1');
  const head = `POST / HTTP/1.1\r\nHost: h\r\nContent-Type: ${contentType}\r\nContent-Length: 17\r\n\r\n`;
  socket.write(head + body);
  const answer = await new Promise<Buffer>((resolve) => socket.once('data', resolve));
  socket.destroy();
  await fastify.close();
  return answer.toString().split('\r\n')[0]!;
}

it('ends a request whose body does not come in time, and no stream', async () => {
  expect(await answerTo('application/json', '{"a":')).toBe('HTTP/1.1 408 Request Timeout');
  expect(await answerTo('application/json', '{"handler":"abc"}')).toBe('HTTP/1.1 200 OK');
  expect(await answerTo('application/x-ndjson', '{"a":')).toBe('HTTP/1.1 200 OK');
});
