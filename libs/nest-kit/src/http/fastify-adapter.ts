import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { limits } from '@millrace/protocol';
import type { HttpTally } from '../metrics/http-tally.js';
import { parseJson } from '../json/parse-json.js';
import { addBodyDeadline } from './body-deadline.js';
import { answerClientError } from './client-error.js';
import { problemOf } from './problem-of.js';
import { sendProblem } from './problem-filter.js';
import { ServiceProblem } from '@millrace/protocol/requests';

export interface HttpOptions {
  /** Bytes of a body by route, such as `{ '/v1/bulk': 16_777_216 }`; other routes take `limits.bodyBytesMax`. */
  readonly bodyBytesMax?: Readonly<Record<string, number>>;
  /** Content types that arrive as text (`request.body` is a string) rather than as JSON. */
  readonly textTypes?: readonly string[];
  /** A content type that arrives as a stream of bytes (`request.body` is a `Readable`), without a bound in time, on these routes only. */
  readonly stream?: { readonly type: string; readonly routes: readonly string[] };
}

/** A request must have arrived whole by then. */
const requestTimeoutMs = 30_000;
/** Of one member of a path: names have up to 128 characters, written as up to three each. */
const pathMemberCharsMax = 1_024;

/** Fastify with our JSON parser, a body limit per route, and problem+json for what it refuses before routing. Counts its answers in `tally`. */
export function fastifyAdapter(
  { bodyBytesMax = {}, textTypes = [], stream }: HttpOptions,
  tally: HttpTally,
): FastifyAdapter {
  const adapter = new FastifyAdapter({
    bodyLimit: limits.bodyBytesMax,
    requestTimeout: stream === undefined ? requestTimeoutMs : 0,
    forceCloseConnections: 'idle',
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: pathMemberCharsMax },
    clientErrorHandler: answerClientError,
    frameworkErrors: (error: unknown, _request: FastifyRequest, reply: FastifyReply) =>
      sendProblem(reply, problemOf(error)),
  });
  const fastify = adapter.getInstance();
  fastify.addHook('onResponse', (request, reply, done) => {
    tally.answered(request.method, request.routeOptions.url, reply.statusCode, reply.elapsedTime);
    done();
  });
  fastify.addHook('onRoute', (route) => {
    const max = bodyBytesMax[route.url];
    if (max !== undefined) route.bodyLimit = max;
  });
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) => {
    try {
      done(null, parseJson(body as Buffer));
    } catch (error) {
      done(error as Error);
    }
  });
  for (const type of textTypes) {
    fastify.addContentTypeParser(type, { parseAs: 'string' }, (_request, body, done) => done(null, body));
  }
  if (stream !== undefined) {
    const isStream = (type: string): boolean => type.toLowerCase().startsWith(stream.type);
    addBodyDeadline(fastify, requestTimeoutMs, isStream);
    fastify.addContentTypeParser(stream.type, (request, body, done) => {
      if (stream.routes.includes(request.routeOptions.url ?? '')) return done(null, body);
      const detail = `Expected a content type that this route takes, but it is ${stream.type}. Try application/json.`;
      done(new ServiceProblem({ status: 415, code: 'media-type-unsupported', detail }));
    });
  }
  return adapter;
}
