import { setTimeout as sleep } from 'node:timers/promises';

/** An answer as it came; `body` is undefined where it is no JSON. */
export interface Answer {
  readonly status: number;
  readonly type: string;
  /** Header `retry-after`, in seconds. */
  readonly retryAfter: string | null;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- answers are looked into by specs
  readonly body: any;
}

const json = { 'content-type': 'application/json' };

/** GET without `body`, else POST: text and bytes as they are, anything else as JSON. Fails where no answer comes in time. */
export async function ask(
  url: string,
  body?: unknown,
  headers: Readonly<Record<string, string>> = json,
  withinMs = 15_000,
): Promise<Answer> {
  const isRaw = typeof body === 'string' || body instanceof Uint8Array;
  const response = await fetch(url, {
    method: body === undefined ? 'GET' : 'POST',
    signal: AbortSignal.timeout(withinMs),
    ...(body === undefined ? {} : { headers, body: isRaw ? (body as string) : JSON.stringify(body) }),
  });
  const type = response.headers.get('content-type') ?? '';
  const text = await response.text();
  return {
    status: response.status,
    type,
    retryAfter: response.headers.get('retry-after'),
    body: type.includes('json') ? JSON.parse(text) : undefined,
  };
}

/** What `look` gives once that is not undefined; a throw of it counts as not yet. Fails with `what` and what came last. */
export async function until<T>(what: string, look: () => Promise<T | undefined>, withinMs = 30_000): Promise<T> {
  const deadline = performance.now() + withinMs;
  let last: unknown;
  for (;;) {
    const found = await look().catch((error: unknown) => void (last = error));
    if (found !== undefined) return found as T;
    if (performance.now() > deadline) {
      throw new Error(`Expected ${what} within ${withinMs} ms, but it did not come.`, { cause: last });
    }
    await sleep(50);
  }
}
