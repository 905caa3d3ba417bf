import { tailEvent, type LogPosition, type TailEvent } from '@millrace/protocol';
import { EventSourceParserStream, type EventSourceMessage } from 'eventsource-parser/stream';
import { positionText } from './filters.js';
import { tailRun as openTail } from './generated/operations.js';
import { MillraceError } from './millrace-error.js';
import { pause } from './retries.js';
import type { Client } from './transport.js';

export interface TailOptions {
  /** `id` of the last event that was heard: it goes on behind it. */
  readonly lastEventId?: string;
  /** The position that the submit was answered with: a run that is not shown yet is waited for. */
  readonly waitFor?: LogPosition;
  /**
   * For how long that position, or that of the last event after the rows were made anew, is waited for; then the loop throws
   * `not-yet-visible`. Default 600,000.
   */
  readonly patienceMs?: number;
  /** Ends it: the loop throws its reason. */
  readonly signal?: AbortSignal;
}

/** An event and its place. */
export type TailedEvent = TailEvent & { readonly id: string };

/** The service says something every 5 s. */
const silenceMsMax = 30_000;
/** Between two connections. */
const reconnectMs = 500;
const patienceMsDefault = 600_000;
/** Of one event, in UTF-16 code units. */
const eventCharsMax = 1024 * 1024;

/** See `MillraceClient.tailRun`. */
export async function* tailRun(
  client: Client,
  run: string,
  { lastEventId, waitFor, patienceMs = patienceMsDefault, signal = new AbortController().signal }: TailOptions = {},
): AsyncGenerator<TailedEvent> {
  const query = waitFor === undefined ? {} : { waitFor: positionText(waitFor) };
  let last = lastEventId;
  const open = (): Promise<Response> => {
    const headers = { accept: 'text/event-stream', ...(last !== undefined && { 'last-event-id': last }) };
    return openTail({ client, path: { id: run }, query, headers, signal });
  };
  for (;;) {
    const response = await onceVisible(open, patienceMs, signal);
    if (response.status === 204 || response.body === null) return;
    for await (const message of messagesOf(response.body)) {
      const event = read(message);
      last = event.id;
      yield event;
      if (event.kind === 'run' && event.run.status !== 'running') return;
    }
    await pause(reconnectMs, signal);
  }
}

/** Nothing failed where rows are not shown yet: it is asked again, when the service says, and as long as the caller likes. */
async function onceVisible(open: () => Promise<Response>, patienceMs: number, signal: AbortSignal): Promise<Response> {
  const until = Date.now() + patienceMs;
  for (;;) {
    try {
      return await open();
    } catch (error) {
      if (!(error instanceof MillraceError) || error.code !== 'not-yet-visible') throw error;
      const ms = error.retryAfterMs ?? reconnectMs;
      if (Date.now() + ms > until) throw error;
      await pause(ms, signal);
    }
  }
}

/** Ends where the connection ends, breaks or says nothing for too long. */
async function* messagesOf(body: ReadableStream<Uint8Array>): AsyncGenerator<EventSourceMessage> {
  let heard = Date.now();
  const watched = body.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform: (piece, to) => {
        heard = Date.now();
        to.enqueue(piece);
      },
    }),
  );
  const parser = new EventSourceParserStream({ onError: 'terminate', maxBufferSize: eventCharsMax });
  const reader = watched
    .pipeThrough(new TextDecoderStream() as TransformStream<Uint8Array, string>)
    .pipeThrough(parser)
    .getReader();
  const timer = setInterval(() => {
    if (Date.now() - heard > silenceMsMax) void reader.cancel().catch(() => undefined);
  }, silenceMsMax / 10);
  try {
    for (;;) {
      const next = await reader.read().catch(() => undefined);
      if (next === undefined || next.done) return;
      yield next.value;
    }
  } finally {
    clearInterval(timer);
    await reader.cancel().catch(() => undefined);
  }
}

function read({ id, data }: EventSourceMessage): TailedEvent {
  try {
    return { ...tailEvent.parse(JSON.parse(data)), id: id ?? '' };
  } catch (cause) {
    const detail = 'Expected an event of a run, but got something else. Is the service of this version?';
    throw new MillraceError({ code: 'not-a-problem', status: 200, detail, cause });
  }
}
