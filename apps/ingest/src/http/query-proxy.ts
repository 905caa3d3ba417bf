import { Agent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as TlsAgent, request as httpsRequest } from 'node:https';
import { ServiceProblem } from '@millrace/nest-kit';
import type { FastifyReply, FastifyRequest } from 'fastify';

const connectionsMax = 64;
/** Headers that belong to one connection (RFC 9110, 7.6.1), and what we set ourselves. */
const ownHeaders = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'host',
  'content-length',
]);

const tailPath = /^\/v1\/runs\/[^/?]+\/events(\?|$)/;
/** A tail sends something every five seconds. */
const tailSilenceMsMin = 30_000;

/** Passes reads on to query and its answers back as they come, so that users need one URL. Close is idempotent. */
export class QueryProxy {
  readonly #url: URL;
  readonly #agent: Agent;
  /** Tails stay open, as many as query takes: reads are not to wait for them. */
  readonly #tailAgent: Agent;

  /** `answerMs`: how long query may take to begin its answer, and to go on with it. */
  constructor(
    url: string,
    private readonly answerMs: number,
  ) {
    this.#url = new URL(url);
    const isTls = this.#url.protocol === 'https:';
    const options = { keepAlive: true, maxSockets: connectionsMax };
    this.#agent = isTls ? new TlsAgent(options) : new Agent(options);
    this.#tailAgent = isTls ? new TlsAgent() : new Agent();
  }

  /** Throws a `ServiceProblem`: 503 where nobody listens, 504 where no answer began in time, 502 for a broken one. */
  async pass(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const body = request.body === undefined ? undefined : Buffer.from(JSON.stringify(request.body));
    const answer = await this.#ask(request, reply, body, true);
    reply.code(answer.statusCode ?? 502);
    for (const [name, value] of Object.entries(answer.headers)) {
      if (value !== undefined && !ownHeaders.has(name)) reply.header(name, value);
    }
    reply.send(answer);
  }

  /** Breaks off the tails that are open: a server waits for its connections before it stops. Idempotent. */
  endTails(): void {
    this.#tailAgent.destroy();
  }

  close(): void {
    this.#agent.destroy();
    this.endTails();
  }

  /** `mayRepeat`: a kept connection may turn out to be over; everything here only reads, so it is asked once more. */
  #ask(
    request: FastifyRequest,
    reply: FastifyReply,
    body: Buffer | undefined,
    mayRepeat: boolean,
  ): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      const send = this.#url.protocol === 'https:' ? httpsRequest : httpRequest;
      const headers: Record<string, string | string[]> = {};
      for (const [name, value] of Object.entries(request.headers)) {
        if (value !== undefined && !ownHeaders.has(name)) headers[name] = value;
      }
      if (body !== undefined) headers['content-length'] = String(body.length);
      const isTail = tailPath.test(request.url);
      const timeout = isTail ? Math.max(this.answerMs, tailSilenceMsMin) : this.answerMs;
      const upstream = send(
        new URL(request.url, this.#url),
        { method: request.method, headers, agent: isTail ? this.#tailAgent : this.#agent, timeout },
        resolve,
      );
      upstream.on('timeout', () => upstream.destroy(queryLate(this.answerMs)));
      upstream.on('error', (error) => {
        if (error instanceof ServiceProblem) reject(error);
        else if (mayRepeat && upstream.reusedSocket) resolve(this.#ask(request, reply, body, false));
        else reject(queryDown(error));
      });
      reply.raw.on('close', () => upstream.destroy());
      upstream.end(body);
    });
  }
}

function queryDown(cause: Error & { code?: string }): ServiceProblem {
  if (cause.code === 'ECONNREFUSED' || cause.code === 'ENOTFOUND' || cause.code === 'EHOSTUNREACH') {
    const detail = 'Expected the query service to answer reads, but nobody listens there. Writes work all the same.';
    return new ServiceProblem({ status: 503, code: 'query-unavailable', detail, retryAfterMs: 1_000, cause });
  }
  const detail = `Expected an answer from the query service, but the connection broke: ${cause.message}.`;
  return new ServiceProblem({ status: 502, code: 'query-broken', detail, retryAfterMs: 1_000, cause });
}

function queryLate(answerMs: number): ServiceProblem {
  const detail = `Expected the query service to answer within ${answerMs} ms, but it did not.`;
  return new ServiceProblem({ status: 504, code: 'query-late', detail, retryAfterMs: 1_000 });
}
