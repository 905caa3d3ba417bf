import { errorOf, jsonOf, unreachable } from './answer-error.js';
import { MillraceError } from './millrace-error.js';
import { pathOf } from './request-url.js';
import { pause, repeatAfterMs } from './retries.js';
import { StreamedBody, type Call, type Client } from './transport.js';

export interface ClientOptions {
  /** Where ingest listens, such as `http://127.0.0.1:8470`; without a path. */
  readonly url: string;
  /** Default: the platform's. */
  readonly fetch?: typeof globalThis.fetch;
  /** Sent as a bearer token where given. */
  readonly token?: string;
  /** An answer must have begun by then. Default 90,000. */
  readonly answerMsMax?: number;
  /**
   * Calls repeated at most: where the service refused them for now (429, 503), after the time that it asks for in Retry-After, and
   * where no answer came to a call that is harmless twice. Default 5; 0 for none. What asks for over a minute is not waited for.
   */
  readonly retriesMax?: number;
}

const answerMsMaxDefault = 90_000;
const retriesMaxDefault = 5;

/** Sends the calls of the generated operations, and repeats them as the service asks for where that cannot do harm. Throws `MillraceError`. */
export class HttpTransport implements Client {
  readonly #base: string;
  readonly #options: ClientOptions;
  readonly sse = { get: (call: Call): Promise<Response> => this.#open(call) };

  /** Throws `MillraceError` with code `url-invalid`. */
  constructor(options: ClientOptions) {
    this.#base = baseOf(options.url);
    this.#options = options;
  }

  get<Responses>(call: Call): Promise<Responses[keyof Responses]> {
    return this.#repeated(true, async () => (await this.#once('GET', call)) as Responses[keyof Responses]);
  }

  post<Responses>(call: Call): Promise<Responses[keyof Responses]> {
    const { harmlessTwice = false } = call;
    return this.#repeated(harmlessTwice, async () => (await this.#once('POST', call)) as Responses[keyof Responses]);
  }

  /** A successful answer whose body goes on until `signal`. Throws the signal's reason too. */
  #open(call: Call): Promise<Response> {
    return this.#repeated(true, async () => {
      call.signal?.throwIfAborted();
      const late = new AbortController();
      const timer = setTimeout(() => late.abort(), this.#answerMsMax(call));
      const signal = call.signal === undefined ? late.signal : AbortSignal.any([call.signal, late.signal]);
      const response = await this.#send('GET', call, signal).finally(() => clearTimeout(timer));
      if (response.ok) return response;
      throw errorOf(response, await response.text().catch(() => ''), `GET ${call.url}`);
    });
  }

  async #repeated<T>(isHarmlessTwice: boolean, once: () => Promise<T>): Promise<T> {
    const { retriesMax = retriesMaxDefault } = this.#options;
    for (let retries = 0; ; retries++) {
      try {
        return await once();
      } catch (error) {
        if (!(error instanceof MillraceError) || retries >= retriesMax) throw error;
        const ms = repeatAfterMs(error, isHarmlessTwice, retries);
        if (ms === undefined) throw error;
        await pause(ms);
      }
    }
  }

  async #once(method: 'GET' | 'POST', call: Call): Promise<unknown> {
    const response = await this.#send(method, call, AbortSignal.timeout(this.#answerMsMax(call)));
    const text = await response.text().catch((cause: unknown) => {
      throw unreachable(cause, this.#base);
    });
    const body = response.ok && call.read !== undefined ? this.#whole(call.read, text) : jsonOf(text);
    if (body !== undefined && (response.ok || call.isAnswer?.(body) === true)) return body;
    throw errorOf(response, text, `${method} ${call.url}`);
  }

  async #send(method: 'GET' | 'POST', call: Call, signal: AbortSignal): Promise<Response> {
    const { fetch = globalThis.fetch, token } = this.#options;
    const { body, headers } = call;
    const init: RequestInit & { duplex?: 'half' } = { method, signal, headers: headers as Record<string, string> };
    if (token !== undefined) init.headers = { ...headers, authorization: `Bearer ${token}` };
    if (body instanceof StreamedBody) {
      init.body = body.open();
      init.duplex = 'half';
    } else if (body !== undefined) init.body = typeof body === 'string' ? body : JSON.stringify(body);
    try {
      return await fetch(this.#base + pathOf(call), init);
    } catch (cause) {
      if (call.signal?.aborted === true) throw call.signal.reason;
      throw unreachable(cause, this.#base);
    }
  }

  /** An answer that came in part is none. */
  #whole(read: (text: string) => unknown, text: string): unknown {
    try {
      return read(text);
    } catch (cause) {
      throw unreachable(cause, this.#base);
    }
  }

  #answerMsMax({ body }: Call): number {
    const { answerMsMax = answerMsMaxDefault } = this.#options;
    return body instanceof StreamedBody ? Math.max(answerMsMax, body.answerMsMax) : answerMsMax;
  }
}

function baseOf(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return text.replace(/[/]+$/, '');
  const detail = `Expected the URL of Millrace, such as http://127.0.0.1:8470, but found "${text}".`;
  throw new MillraceError({ code: 'url-invalid', status: 0, detail });
}
