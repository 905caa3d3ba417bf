import type { ProblemCode } from '../api/problem-codes.js';

/** One of several things wrong with a request. */
export interface ProblemFault {
  readonly code: string;
  readonly message: string;
  /** JSON pointer into the body. */
  readonly path: string;
  /** Of a streamed body, from 1. */
  readonly line?: number;
}

/** A problem details object (RFC 9457) as our services send it. */
export interface ProblemBody {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: ProblemCode;
  readonly detail: string;
  /** Whole seconds after which the same request may succeed; also in the header Retry-After. */
  readonly retryAfter?: number;
  readonly faults?: readonly ProblemFault[];
}

export interface ServiceProblemOptions extends ErrorOptions {
  readonly status: number;
  /** Kebab-case, stable: programs decide by it. A new one is added to protocol's list. */
  readonly code: ProblemCode;
  /** "Expected X, but Y" and what to do. */
  readonly detail: string;
  /** Default: what HTTP calls the status. */
  readonly title?: string;
  /** Rounded up to whole seconds. */
  readonly retryAfterMs?: number;
  readonly faults?: readonly ProblemFault[];
}

const titles: Record<number, string> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  406: 'Not Acceptable',
  408: 'Request Timeout',
  409: 'Conflict',
  412: 'Precondition Failed',
  413: 'Content Too Large',
  414: 'URI Too Long',
  415: 'Unsupported Media Type',
  422: 'Unprocessable Content',
  429: 'Too Many Requests',
  431: 'Request Header Fields Too Large',
  500: 'Internal Server Error',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
  504: 'Gateway Timeout',
};

/** Throw it anywhere in a request: the caller gets it as problem+json. */
export class ServiceProblem extends Error {
  override readonly name = 'ServiceProblem';
  readonly body: ProblemBody;

  constructor(options: ServiceProblemOptions) {
    super(options.detail, options.cause === undefined ? undefined : { cause: options.cause });
    this.body = problemBody(options);
  }
}

export function problemBody({ status, code, detail, title, retryAfterMs, faults }: ServiceProblemOptions): ProblemBody {
  return {
    type: `urn:millrace:problem:${code}`,
    title: title ?? titles[status] ?? 'Error',
    status,
    code,
    detail,
    ...(retryAfterMs === undefined ? {} : { retryAfter: Math.ceil(retryAfterMs / 1_000) }),
    ...(faults === undefined ? {} : { faults }),
  };
}
