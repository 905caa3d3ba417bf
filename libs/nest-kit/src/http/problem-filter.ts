import { Catch, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { Journal } from '@millrace/runtime';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { problemOf } from './problem-of.js';
import type { ProblemBody } from '@millrace/protocol/requests';

/** Answers whatever a request threw as problem+json (RFC 9457). A 500 is logged with its cause. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(private readonly journal: Journal) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const problem = problemOf(error);
    if (problem.status === 500) {
      this.journal.error({ error, method: request.method, url: request.url }, 'request failed');
    }
    sendProblem(http.getResponse<FastifyReply>(), problem);
  }
}

/** Sends nothing where the answer has begun already. */
export function sendProblem(reply: FastifyReply, problem: ProblemBody): void {
  if (reply.sent) return;
  if (problem.retryAfter !== undefined) reply.header('retry-after', String(problem.retryAfter));
  reply.code(problem.status).header('content-type', 'application/problem+json; charset=utf-8');
  reply.send(JSON.stringify(problem));
}
