import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** One process whose readiness is waited for. */
export interface Awaited {
  readonly name: string;
  readonly url: string;
  readonly logFile: string;
  /** How often it had to be started again so far. */
  readonly restarts: () => number;
}

/** A process of the system did not become ready; the message quotes the end of its log. */
export class NotReady extends Error {
  override readonly name = 'NotReady';
  constructor(
    readonly process: string,
    readonly reason: string,
    readonly logFile: string,
  ) {
    super(`Expected ${process} to become ready, but ${reason}.\n${quoteLog(logFile)}`);
  }
}

const pollMs = 50;
const answerMsMax = 2_000;
/** A program that ends this often before it was ever ready will not get better. */
const restartsMax = 3;
const linesMax = 15;

/** Resolves when /readyz says so; `readyMs` is the deadline. Throws `NotReady`, and the signal's reason when it is aborted. */
export async function waitUntilReady(awaited: Awaited, readyMs: number, signal: AbortSignal): Promise<void> {
  const deadline = performance.now() + readyMs;
  let last = 'nobody listens at its port';
  while (performance.now() < deadline) {
    signal.throwIfAborted();
    const answer = await ask(awaited.url);
    if (answer === true) return;
    last = answer ?? last;
    if (awaited.restarts() >= restartsMax) {
      throw new NotReady(awaited.name, `it ended ${restartsMax} times in a row`, awaited.logFile);
    }
    await sleep(pollMs);
  }
  throw new NotReady(awaited.name, `after ${Math.round(readyMs / 1_000)} s it is not: ${last}`, awaited.logFile);
}

/** True for ready; otherwise what it said of itself, or undefined where nobody answered. */
async function ask(url: string): Promise<true | string | undefined> {
  try {
    const response = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(answerMsMax) });
    const text = await response.text();
    return response.ok ? true : saidBy(text);
  } catch {
    return undefined;
  }
}

function saidBy(text: string): string {
  try {
    const { checks } = JSON.parse(text) as { checks: { name: string; ready: boolean; detail: string }[] };
    return checks.flatMap(({ name, ready, detail }) => (ready ? [] : `${name}: ${detail}`)).join('; ');
  } catch {
    return text.slice(0, 200);
  }
}

/** The last lines of a log and where it is, for sentences about failures. */
export function quoteLog(file: string): string {
  const lines = lastLines(file);
  if (lines.length === 0) return `Its log ${file} is empty.`;
  return `The last lines of ${file}:\n${lines.map((line) => `  ${line.slice(0, 500)}`).join('\n')}`;
}

function lastLines(file: string): string[] {
  try {
    return readFileSync(file, 'utf8').trimEnd().split('\n').filter(Boolean).slice(-linesMax);
  } catch {
    return [];
  }
}
