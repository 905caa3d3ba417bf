import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { json } from 'node:stream/consumers';
import { MillraceError, type MillraceClient } from '@millrace/client';

/**
 * Takes `POST /webhooks/payments` of a provider that delivers each event at least once, with its id in `x-event-id`. The id is the
 * idempotency key: however often, and wherever at the same time, an event arrives, it makes one run.
 */
export function webhookServer(client: MillraceClient): Server {
  return createServer((request, response) => {
    receive(client, request)
      .catch(refusal)
      .then(({ status, headers, body }) => answer(response, status, headers, body));
  });
}

interface Answer {
  readonly status: number;
  readonly headers?: Record<string, string>;
  readonly body: object;
}

async function receive(client: MillraceClient, request: IncomingMessage): Promise<Answer> {
  const event = request.headers['x-event-id'];
  if (request.method !== 'POST' || request.url !== '/webhooks/payments') return { status: 404, body: {} };
  if (typeof event !== 'string') return { status: 400, body: { detail: 'Expected an x-event-id, but found none.' } };
  const { run, verdict } = await client.submitTask({
    handler: 'payments.book',
    input: (await json(request)) as never,
    idempotencyKey: `payment-event:${event}`,
  });
  return { status: verdict === 'known' ? 200 : 202, body: { run, verdict } };
}

/** The provider sends again what is answered 5xx or 429; with the key that is harmless. It should not where a 4xx says why. */
function refusal(error: unknown): Answer {
  if (error instanceof SyntaxError) return { status: 400, body: { detail: error.message } };
  if (!(error instanceof MillraceError)) throw error;
  const { status, code, detail, retryAfterMs = 1_000 } = error;
  const headers = { 'retry-after': String(Math.ceil(retryAfterMs / 1_000)) };
  return status >= 400 && status < 500 && status !== 429
    ? { status, body: { code, detail } }
    : { status: 503, headers, body: { code, detail } };
}

function answer(response: ServerResponse, status: number, headers: Record<string, string> = {}, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}
