import { HttpException } from '@nestjs/common';
import type { ProblemCode } from '@millrace/protocol';
import { JsonRefused } from '../json/json-refused.js';
import { problemBody, ServiceProblem, type ProblemBody } from '@millrace/protocol/requests';

/** What Fastify throws while it reads a request. */
interface FastifyError extends Error {
  readonly code: string;
  readonly statusCode?: number;
}

const codes: Readonly<Record<number, ProblemCode>> = {
  400: 'request-invalid',
  404: 'route-unknown',
  405: 'method-not-allowed',
  406: 'not-acceptable',
  408: 'request-timeout',
  413: 'body-too-large',
  414: 'uri-too-long',
  415: 'media-type-unsupported',
  429: 'too-many-requests',
  431: 'headers-too-large',
  503: 'unavailable',
};

const sentences: Record<string, string> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'Expected a smaller body, but it is over the limit of this route. Send it in pieces.',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'Expected JSON, but there are no bytes.',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'Expected as many bytes as Content-Length says, but another number came.',
  FST_ERR_CTP_INVALID_MEDIA_TYPE:
    'Expected a content type that this route takes, but it is another. Try application/json.',
  FST_ERR_BAD_URL: 'Expected a URL whose path is UTF-8 with percent escapes, but this one is not.',
  FST_ERR_MAX_PARAM_LENGTH: 'Expected a shorter name or id in the path, but none is that long.',
};
/** Of what a caller sent, in a sentence. */
const quotedCharsMax = 200;

/** The problem that a caller is told for whatever was thrown. What is not understood is a 500 without its inside. */
export function problemOf(error: unknown): ProblemBody {
  if (error instanceof ServiceProblem) return error.body;
  if (error instanceof JsonRefused) {
    const { code, detail, path } = error.fault;
    return problemBody({ status: 400, code, detail, faults: [{ code, message: detail, path }] });
  }
  if (error instanceof HttpException) {
    const cause = error.cause as FastifyError | undefined;
    return known(error.getStatus(), cause?.code, error.message);
  }
  const { code, statusCode, message } = (error ?? {}) as Partial<FastifyError>;
  if (typeof code === 'string' && code.startsWith('FST_') && statusCode !== undefined && statusCode < 500) {
    return known(statusCode, code, message ?? '');
  }
  const detail = 'Expected to answer, but something broke inside. The log has the cause.';
  return problemBody({ status: 500, code: 'internal', detail });
}

function known(status: number, fastifyCode: string | undefined, message: string): ProblemBody {
  const detail =
    (fastifyCode === undefined ? undefined : sentences[fastifyCode]) ??
    (status === 404 ? `Expected a route that exists, but ${quoted(message)}. See /openapi.json.` : message);
  return problemBody({ status, code: codes[status] ?? (status < 500 ? 'request-invalid' : 'internal'), detail });
}

function quoted(message: string): string {
  const [verb, ...rest] = message.split(' ');
  const text = [verb!.toLowerCase(), ...rest].join(' ');
  return text.length <= quotedCharsMax ? text : `${text.slice(0, quotedCharsMax)}...`;
}
