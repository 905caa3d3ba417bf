import { inspect } from 'node:util';
import type { TaskError } from '@millrace/domain';

/** UTF-16 code units. */
const nameCharsMax = 128;
const messageCharsMax = 1_000;
const stackCharsMax = 4_000;

/** Whatever a handler threw, as an event carries it: bounded, and free of what Postgres cannot store. Never throws. */
export function describeThrown(thrown: unknown): TaskError {
  try {
    if (!(thrown instanceof Error)) return { name: 'Error', message: bounded(sentenceOf(thrown), messageCharsMax) };
    const name = bounded(String(thrown.name), nameCharsMax) || 'Error';
    const message = bounded(String(thrown.message), messageCharsMax);
    if (typeof thrown.stack !== 'string') return { name, message };
    return { name, message, stack: bounded(thrown.stack, stackCharsMax) };
  } catch {
    return { name: 'Error', message: 'Expected an error that can be read, but reading it threw.' };
  }
}

/** An error says `retryable: false`, like `NonRetryableError`. */
export function isRetryable(thrown: unknown): boolean {
  try {
    return !(thrown instanceof Error && (thrown as { retryable?: unknown }).retryable === false);
  } catch {
    return true;
  }
}

/** Ten years: more than that is somebody's mistake. */
const retryAfterMsMax = 315_360_000_000;

/** The delay that an error asks for, like `RetryAfterError`; undefined where it asks for none that can be. Never throws. */
export function retryAfterOf(thrown: unknown): number | undefined {
  try {
    const { retryAfterMs } = thrown instanceof Error ? (thrown as { retryAfterMs?: unknown }) : {};
    const isDelay = typeof retryAfterMs === 'number' && Number.isFinite(retryAfterMs) && retryAfterMs >= 0;
    return isDelay ? Math.min(Math.ceil(retryAfterMs), retryAfterMsMax) : undefined;
  } catch {
    return undefined;
  }
}

function sentenceOf(thrown: unknown): string {
  if (typeof thrown === 'string') return thrown;
  return `Expected the handler to throw an Error, but it threw ${inspect(thrown, { depth: 2, breakLength: Infinity })}`;
}

function bounded(text: string, charsMax: number): string {
  const cut = text.length > charsMax ? `${text.slice(0, charsMax - 1)}…` : text;
  return cut.toWellFormed().replaceAll('\u0000', '\uFFFD');
}
