import { problem } from '@millrace/protocol';
import { MillraceError } from './millrace-error.js';

export interface ClientOptions {
  /** Where ingest listens, such as `http://127.0.0.1:4000`. */
  readonly url: string;
  /** Default: the platform's. */
  readonly fetch?: typeof globalThis.fetch;
  /** Sent as a bearer token where given. */
  readonly token?: string;
  /** An answer must have begun by then. Default 90,000. */
  readonly answerMsMax?: number;
  /** Calls repeated at most: on 429 and 503, and where no answer came to a call that is harmless twice. Default 5; 0 for none. */
  readonly retriesMax?: number;
}

export interface Call {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly body?: unknown;
  /** Instead of `body`: gives it anew at each try. The answer may then begin this late. */
  readonly stream?: { readonly open: () => ReadableStream<Uint8Array>; readonly answerMsMax: number };
  readonly contentType?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Is it harmless if this call takes effect twice? Reads always are. */
  readonly harmlessTwice: boolean;
  /** An answer that is no success and yet what the caller asked for. */
  readonly isAnswer?: (body: unknown) => boolean;
  /** Reads an answer that is a success; throws where it is cut off. Default: as JSON. */
  readonly read?: (text: string) => unknown;
}

const answerMsMaxDefault = 90_000;
const retriesMaxDefault = 5;
const retryMsDefault = 500;
const retryMsMax = 10_000;
/** Those who were refused together are not to come back together. */
const retryJitter = 0.25;

/** The answer to this says that the call may have taken effect all the same. */
export const undecidedCode = 'log-unavailable';

/** One HTTP call with our errors, and repeated as the server asks for where that cannot do harm. */
export class HttpCaller {
  constructor(private readonly options: ClientOptions) {}

  /** Throws `MillraceError`. */
  call<T>(call: Call): Promise<T> {
    return this.#repeated(call, async () => (await this.#once(call)) as T);
  }

  /** A successful answer whose body goes on until `signal`. Throws `MillraceError`, and the signal's reason. */
  open(call: Call, signal: AbortSignal): Promise<Response> {
    return this.#repeated(call, async () => {
      signal.throwIfAborted();
      const late = new AbortController();
      const timer = setTimeout(() => late.abort(), this.options.answerMsMax ?? answerMsMaxDefault);
      const response = await this.#send(call, AbortSignal.any([signal, late.signal])).finally(() =>
        clearTimeout(timer),
      );
      if (response.ok) return response;
      throw errorOf(response, jsonOf(await response.text().catch(() => '')));
    });
  }

  async #repeated<T>(call: Call, once: () => Promise<T>): Promise<T> {
    const retriesMax = this.options.retriesMax ?? retriesMaxDefault;
    for (let retries = 0; ; retries++) {
      try {
        return await once();
      } catch (error) {
        if (!(error instanceof MillraceError) || retries >= retriesMax || !mayRepeat(error, call)) throw error;
        const ms = Math.min(error.retryAfterMs ?? retryMsDefault, retryMsMax);
        await pause(ms * (1 + retryJitter * Math.random()));
      }
    }
  }

  async #once(call: Call): Promise<unknown> {
    const response = await this.#send(call);
    const text = await response.text().catch((cause: unknown) => {
      throw unreachable(cause);
    });
    const body = response.ok && call.read !== undefined ? wholeOf(call.read, text) : jsonOf(text);
    if (body !== undefined && (response.ok || call.isAnswer?.(body) === true)) return body;
    throw errorOf(response, body);
  }

  async #send(
    { method, path, body, stream, contentType = 'application/json', headers: more }: Call,
    until?: AbortSignal,
  ): Promise<Response> {
    const { url, fetch = globalThis.fetch, token, answerMsMax = answerMsMaxDefault } = this.options;
    const headers: Record<string, string> = { accept: 'application/json, application/problem+json', ...more };
    if (body !== undefined || stream !== undefined) headers['content-type'] = contentType;
    if (token !== undefined) headers['authorization'] = `Bearer ${token}`;
    const payload = typeof body === 'string' || body === undefined ? body : JSON.stringify(body);
    try {
      const signal = until ?? AbortSignal.timeout(Math.max(answerMsMax, stream?.answerMsMax ?? 0));
      return await fetch(url.replace(/\/+$/, '') + path, {
        method,
        headers,
        signal,
        ...(payload === undefined ? {} : { body: payload }),
        ...(stream === undefined ? {} : { body: stream.open(), duplex: 'half' }),
      });
    } catch (cause) {
      throw unreachable(cause);
    }
  }
}

function mayRepeat({ status, code }: MillraceError, { harmlessTwice, method }: Call): boolean {
  if (status === 0) return method === 'GET' || harmlessTwice;
  if (status !== 429 && status !== 503) return false;
  return harmlessTwice || code !== undecidedCode;
}

function errorOf(response: Response, body: unknown): MillraceError {
  const parsed = problem.safeParse(body);
  const { status } = response;
  if (!parsed.success) {
    const detail = `Expected an answer of Millrace, but got status ${status} with something else. Is the URL right?`;
    return new MillraceError({ code: 'not-a-problem', status, detail });
  }
  const { code, detail, faults, retryAfter } = parsed.data;
  const retryAfterMs = retryAfter === undefined ? undefined : retryAfter * 1_000;
  return new MillraceError({ code, status, detail, faults, retryAfterMs });
}

function unreachable(cause: unknown): MillraceError {
  const detail = `Expected Millrace to answer, but: ${cause instanceof Error ? cause.message : String(cause)}`;
  return new MillraceError({ code: 'unreachable', status: 0, detail, cause });
}

/** An answer that came in part is none. */
function wholeOf(read: (text: string) => unknown, text: string): unknown {
  try {
    return read(text);
  } catch (cause) {
    throw unreachable(cause);
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export function pause(delayMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, delayMs));
}
