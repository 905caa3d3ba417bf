import type { FastifyInstance } from 'fastify';
import { answerClientError } from './client-error.js';

/**
 * Ends requests whose body has not arrived whole in time, as Node does it for all requests of a server: routes that read a
 * stream are to be left out, and Node's own bound cannot be set by route.
 */
export function addBodyDeadline(fastify: FastifyInstance, withinMs: number, isStream: (type: string) => boolean): void {
  fastify.addHook('onRequest', (request, _reply, done) => {
    const { raw, headers } = request;
    const hasBody = headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
    if (hasBody && !isStream(headers['content-type'] ?? '')) {
      const late = Object.assign(new Error('Expected the body in time.'), { code: 'ERR_HTTP_REQUEST_TIMEOUT' });
      const timer = setTimeout(() => answerClientError(late, raw.socket), withinMs);
      timer.unref();
      for (const over of ['end', 'close', 'error']) raw.once(over, () => clearTimeout(timer));
    }
    done();
  });
}
