import type { BulkLine, Problem, SubmitRun, SubmitTask, Submitted } from '@millrace/protocol';
import { submitBulk } from './generated/operations.js';
import { ItemSource } from './item-source.js';
import { MillraceError } from './millrace-error.js';
import { pause, undecidedCode } from './retries.js';
import type { Client } from './transport.js';

/** A run or a task; or the JSON of one as text, sent as it is. Blank text is passed over. */
export type StreamItem = SubmitRun | SubmitTask | string;

export interface StreamOptions {
  /** Items that were taken from the iterable and are not answered yet, at most; from 1 to 1,000. Default 1,000. */
  readonly inFlightMax?: number;
  /** An item that the service will not take for now (429, 503) is sent again when it says, for this long. Default 600,000; 0 for never. */
  readonly patienceMs?: number;
}

/** What became of the item at `index`, counted from 0 as the iterable gave it. */
export type StreamAnswer = { readonly index: number } & (Submitted | { readonly problem: Problem });

const inFlightMaxDefault = 1_000;
const patienceMsDefault = 600_000;
/** Of one request, in UTF-16 code units; one item alone may be longer. */
const requestCharsMax = 4 * 1024 * 1024;
const retryMsMin = 50;

interface Line {
  readonly index: number;
  readonly text: string;
  readonly hasKey: boolean;
  /** It is given up then. */
  readonly until: number;
  /** It is not sent before. */
  dueAt: number;
}

/** See `MillraceClient.submitStream`. One request is under way at a time; what comes meanwhile goes into the next one. */
export async function* submitStream(
  client: Client,
  items: Iterable<StreamItem> | AsyncIterable<StreamItem>,
  { inFlightMax = inFlightMaxDefault, patienceMs = patienceMsDefault }: StreamOptions = {},
): AsyncGenerator<StreamAnswer> {
  const source = new ItemSource(items);
  const room = Math.min(Math.max(1, Math.trunc(inFlightMax)), inFlightMaxDefault);
  let open: Line[] = [];
  try {
    for (;;) {
      const waitMs = msUntilDue(open);
      if (open.length < room && !source.isOver) {
        for (const { index, item } of await source.take(room - open.length, waitMs)) {
          const line = lineOf(index, item, patienceMs);
          if (line !== undefined) open.push(line);
        }
      } else if (open.length === 0) return;
      else await pause(waitMs);
      const [sent, rest] = nextRequest(open);
      open = rest;
      if (sent.length === 0) continue;
      const answers = await send(client, sent);
      for (const [place, line] of sent.entries()) {
        const answer = answers[place];
        if (answer === undefined) throw incomplete(sent.length, answers.length);
        if (isForLater(answer, line)) open.push(line);
        else yield answer;
      }
    }
  } finally {
    source.close();
  }
}

function lineOf(index: number, item: StreamItem, patienceMs: number): Line | undefined {
  const now = Date.now();
  // A line break in JSON is white space between two of its parts.
  const text = typeof item === 'string' ? item.replaceAll(/[\r\n]/g, ' ').trim() : JSON.stringify(item);
  if (text === '') return undefined;
  return { index, text, hasKey: hasKey(item), until: now + patienceMs, dueAt: now };
}

function hasKey(item: StreamItem): boolean {
  if (typeof item !== 'string') return item.idempotencyKey !== undefined;
  try {
    return typeof (JSON.parse(item) as { idempotencyKey?: unknown } | null)?.idempotencyKey === 'string';
  } catch {
    return false;
  }
}

/** Infinite where nothing waits. */
function msUntilDue(open: readonly Line[]): number {
  if (open.length === 0) return Infinity;
  return Math.max(0, Math.min(...open.map(({ dueAt }) => dueAt)) - Date.now());
}

/** Those that are due, in their order, as many as fit into a request; and the others. */
function nextRequest(open: readonly Line[]): [sent: Line[], rest: Line[]] {
  const now = Date.now();
  const [sent, rest]: [Line[], Line[]] = [[], []];
  let chars = 0;
  for (const line of open) {
    const fits = line.dueAt <= now && (sent.length === 0 || chars + line.text.length <= requestCharsMax);
    (fits ? sent : rest).push(line);
    if (fits) chars += line.text.length;
  }
  return [sent, rest];
}

/** The answers in the order of the lines; fewer where the service was cut off. */
async function send(client: Client, lines: readonly Line[]): Promise<StreamAnswer[]> {
  const answers = (await submitBulk({
    client,
    body: lines.map(({ text }) => text).join('\n'),
    headers: { 'Content-Type': 'application/x-ndjson' },
    harmlessTwice: lines.every((line) => line.hasKey),
    read: readLines,
  })) as unknown as readonly BulkLine[];
  const places = answers.findIndex(({ line }, place) => line !== place + 1);
  const sound = places < 0 ? answers.slice(0, lines.length) : answers.slice(0, places);
  return sound.map(({ line: _, ...answer }, place) => ({ index: lines[place]!.index, ...answer }) as StreamAnswer);
}

function incomplete(sent: number, answered: number): MillraceError {
  const detail = `Expected an answer for each of ${sent} items, but got ${answered}: whether the others are logged is not known.`;
  return new MillraceError({ code: 'answer-incomplete', status: 0, detail });
}

function readLines(text: string): readonly BulkLine[] {
  return text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as BulkLine]));
}

/** Was it refused only for now, and may it be sent again? Then it is due when the service said. */
function isForLater(answer: StreamAnswer, line: Line): boolean {
  if (!('problem' in answer)) return false;
  const { status, code, retryAfter = 0 } = answer.problem;
  if (status !== 429 && status !== 503) return false;
  if (code === undecidedCode && !line.hasKey) return false;
  line.dueAt = Date.now() + Math.max(retryAfter * 1_000, retryMsMin);
  return line.dueAt <= line.until;
}
