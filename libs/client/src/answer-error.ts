import { problem } from '@millrace/protocol';
import { MillraceError } from './millrace-error.js';

/** Of an answer that nobody expected, in a sentence. */
const quotedCharsMax = 80;

/** What an answer says that is no success, or that is none of Millrace's. */
export function errorOf(response: Response, text: string, asked: string): MillraceError {
  const { status } = response;
  const parsed = problem.safeParse(jsonOf(text));
  const waitMs = retryAfterMsOf(response.headers);
  if (!parsed.success) {
    const detail = notMillrace(response, text, asked);
    return new MillraceError({ code: 'not-a-problem', status, detail, retryAfterMs: waitMs });
  }
  const { code, detail, faults, retryAfter } = parsed.data;
  const retryAfterMs = retryAfter === undefined ? waitMs : retryAfter * 1_000;
  return new MillraceError({
    code,
    status,
    detail: code === 'route-unknown' ? otherVersion(asked) : detail,
    faults,
    retryAfterMs,
  });
}

/** Nobody answered, or not to the end. */
export function unreachable(cause: unknown, url: string): MillraceError {
  const detail = `Expected Millrace to answer at ${url}, but ${reasonOf(cause)}.`;
  return new MillraceError({ code: 'unreachable', status: 0, detail, cause });
}

/** The JSON in `text`; undefined where it is none. */
export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function notMillrace({ status, headers }: Response, text: string, asked: string): string {
  const type = headers.get('content-type')?.split(';')[0] ?? 'no content type';
  const begin = text.replaceAll(/\s+/g, ' ').trim().slice(0, quotedCharsMax);
  const found = `status ${status} with ${type}${begin === '' ? '' : `, "${begin}"`}`;
  const hint =
    status === 502 || status === 503 || status === 504
      ? 'A proxy before Millrace may answer so while the service is down.'
      : 'Is the URL that of Millrace, and is nothing else listening there?';
  return `Expected an answer of Millrace to ${asked}, but got ${found}. ${hint}`;
}

function otherVersion(asked: string): string {
  return (
    `Expected the service to know ${asked}, but it does not: its version is older or newer than this client's, ` +
    `or the URL has a path too much. Compare its /openapi.json, and use the client of its version.`
  );
}

/** Seconds or a date (RFC 9110, 10.2.3). */
function retryAfterMsOf(headers: Headers): number | undefined {
  const text = headers.get('retry-after');
  if (text === null) return undefined;
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1_000;
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : Math.max(0, at - Date.now());
}

const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nobody listens there: is the service up, and are host and port right',
  ENOTFOUND: 'there is no host of that name: is the URL right',
  EAI_AGAIN: 'the name of the host could not be looked up: is there a network',
  ECONNRESET: 'the connection broke before the answer was whole: it may have taken effect',
  UND_ERR_SOCKET: 'the connection broke before the answer was whole: it may have taken effect',
  EHOSTUNREACH: 'there is no way to that host',
  ENETUNREACH: 'there is no way to that host',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is signed by nobody that is trusted',
  ERR_SSL_WRONG_VERSION_NUMBER: 'it does not speak TLS: is it http:// rather than https://',
};

function reasonOf(cause: unknown): string {
  if (cause instanceof Error && cause.name === 'TimeoutError') return 'no answer began in time';
  const inner = (cause as { cause?: unknown } | undefined)?.cause;
  const code = (inner as { code?: unknown } | undefined)?.code;
  const known = typeof code === 'string' ? reasons[code] : undefined;
  if (known !== undefined) return `${known} (${code as string})`;
  const told = inner instanceof Error ? inner : cause;
  return told instanceof Error ? told.message.replace(/\.$/, '') : String(told);
}
