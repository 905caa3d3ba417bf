import { reasonOf } from '../server/what-answers.js';

/** What a service answers at /readyz. */
export interface Readiness {
  readonly url: string;
  readonly isReady: boolean;
  /** Undefined where it does not say. */
  readonly version: string | undefined;
  /** The checks that are not ready, or why nobody answered. */
  readonly faults: readonly string[];
  /** From asking to the answer; undefined where none came. */
  readonly tookMs: number | undefined;
  /** The service's clock, to the second, and between which two readings of ours it was read. */
  readonly clock: { readonly at: number; readonly askedAt: number; readonly answeredAt: number } | undefined;
}

const answerMsMax = 3_000;

/** Asks all of them at once. Never throws for one that does not answer. */
export function readReadiness(urls: readonly string[]): Promise<Readiness[]> {
  return Promise.all(urls.map(ask));
}

async function ask(url: string): Promise<Readiness> {
  const askedAt = Date.now();
  try {
    const response = await fetch(`${url.replace(/\/+$/, '')}/readyz`, { signal: AbortSignal.timeout(answerMsMax) });
    const text = await response.text();
    const answeredAt = Date.now();
    const { version, checks } = readingOf(text);
    if (checks === undefined) {
      const fault = `status ${response.status} with something that no service of Millrace says`;
      return { url, isReady: false, version, faults: [fault], tookMs: answeredAt - askedAt, clock: undefined };
    }
    const faults = checks.flatMap(({ name, ready, detail }) => (ready === true ? [] : [`${name}: ${detail}`]));
    const at = Date.parse(response.headers.get('date') ?? '');
    const clock = Number.isNaN(at) ? undefined : { at, askedAt, answeredAt };
    return { url, isReady: response.ok, version, faults, tookMs: answeredAt - askedAt, clock };
  } catch (error) {
    return { url, isReady: false, version: undefined, faults: [reasonOf(error)], tookMs: undefined, clock: undefined };
  }
}

interface Reading {
  readonly version: string | undefined;
  readonly checks:
    readonly { readonly name?: string; readonly ready?: boolean; readonly detail?: string }[] | undefined;
}

function readingOf(text: string): Reading {
  try {
    const { version, checks } = JSON.parse(text) as { version?: unknown; checks?: unknown };
    return {
      version: typeof version === 'string' ? version : undefined,
      checks: Array.isArray(checks) ? (checks as NonNullable<Reading['checks']>) : undefined,
    };
  } catch {
    return { version: undefined, checks: undefined };
  }
}
