import { limits } from '../limits.js';
import { readTraceparent } from '../traceparent.js';
import type { ProblemFault } from './service-problem.js';

/** What a request asks for beside its body. */
export interface Asked {
  /** `Prefer: wait`: answer with the verdict. A request with a key is answered with it anyway. */
  readonly waits: boolean;
  /** From `Idempotency-Key`. */
  readonly key?: string;
  /** Of the request: every run that it asks for carries it. */
  readonly traceparent?: string;
  /** SHA-256 of a text in hex. Default: one in JavaScript; a server has a faster one. */
  readonly digest?: (text: string) => string;
}
export type AskedOrFault = Asked | { readonly fault: ProblemFault };

/** Nothing beside the body. */
export const nothingElse: Asked = { waits: false };

export type RequestHeaders = Readonly<Record<string, string | string[] | undefined>>;

/** Reads `traceparent` (ignored where it is none, as the standard asks), `Prefer` (RFC 7240) and `Idempotency-Key` (IETF draft: a quoted string; bare text is taken too). */
export function readAsked(headers: RequestHeaders): AskedOrFault {
  const waits = /(^|,)\s*wait\s*(=|;|,|$)/i.test(text(headers['prefer']) ?? '');
  const header = text(headers['idempotency-key']);
  const traceparent = readTraceparent(text(headers['traceparent']));
  const beside = { waits, ...(traceparent !== undefined && { traceparent }) };
  if (header === undefined) return beside;
  const key = unquoted(header.trim());
  if (key !== undefined && key !== '' && key.length <= limits.keyCharsMax) return { ...beside, key };
  const message = `Expected a key of 1 to ${limits.keyCharsMax} characters in the header Idempotency-Key, but it holds none.`;
  return { fault: { code: 'key-invalid', message, path: '' } };
}

/** `Prefer: respond-async`: a command is answered once it is logged, without the verdict that it waits for otherwise. */
export function isAskedAtOnce(headers: RequestHeaders): boolean {
  return /(^|,)\s*respond-async\s*(;|,|$)/i.test(text(headers['prefer']) ?? '');
}

function text(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header.join(', ') : header;
}

/** The string of a structured field (RFC 8941), or the text as it is; undefined for quotes that do not close. */
function unquoted(value: string): string | undefined {
  if (!value.startsWith('"')) return value;
  return /^"(?:[^"\\]|\\["\\])*"$/.test(value) ? value.slice(1, -1).replaceAll(/\\(["\\])/g, '$1') : undefined;
}
