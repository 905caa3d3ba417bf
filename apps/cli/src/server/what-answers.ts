/** What is found at the address of an API. */
export type Found =
  | { readonly kind: 'nobody'; readonly reason: string }
  /** A proxy in front of a server that is down, by its status of 500 or above. */
  | { readonly kind: 'proxy'; readonly status: number }
  | { readonly kind: 'other'; readonly what: string }
  | { readonly kind: 'other-version'; readonly api: string; readonly version: string | undefined }
  /** `version` is undefined where it does not say. */
  | { readonly kind: 'millrace'; readonly version: string | undefined };

/** The API that this command speaks. */
export const apiVersion = 'v1';
const answerMsMax = 3_000;
const bytesMax = 4 * 1_024 * 1_024;

/** Looks who answers there, by the description that every API of Millrace serves. Never throws. */
export async function whatAnswers(apiUrl: string): Promise<Found> {
  const base = apiUrl.replace(/\/+$/, '');
  const described = await ask(`${base}/openapi.json`);
  if ('reason' in described) return { kind: 'nobody', reason: described.reason };
  const { title, version: api } = infoOf(described.body);
  if (title === 'Millrace' && typeof api === 'string') {
    const version = await versionAt(base);
    return api === apiVersion ? { kind: 'millrace', version } : { kind: 'other-version', api, version };
  }
  const { status, type } = described;
  if (status >= 500) return { kind: 'proxy', status };
  return { kind: 'other', what: `status ${status}${type === '' ? '' : `, ${type}`} at ${base}/openapi.json` };
}

/** Of the service that answers there. */
async function versionAt(base: string): Promise<string | undefined> {
  const answer = await ask(`${base}/livez`);
  const version = 'body' in answer ? (answer.body as { version?: unknown } | undefined)?.version : undefined;
  return typeof version === 'string' ? version : undefined;
}

function infoOf(body: unknown): { readonly title?: unknown; readonly version?: unknown } {
  const info = (body as { info?: unknown } | null | undefined)?.info;
  return typeof info === 'object' && info !== null ? info : {};
}

type Answer = { readonly reason: string } | { readonly status: number; readonly type: string; readonly body: unknown };

async function ask(url: string): Promise<Answer> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(answerMsMax) });
    const text = (await response.text()).slice(0, bytesMax);
    return { status: response.status, type: response.headers.get('content-type') ?? '', body: jsonOf(text) };
  } catch (error) {
    return { reason: reasonOf(error) };
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Node says `fetch failed` and hides in the cause who refused. */
export function reasonOf(error: unknown): string {
  if ((error as Error).name === 'TimeoutError') return `nobody answered within ${answerMsMax / 1_000} s`;
  let cause = error;
  while (cause instanceof Error && cause.cause instanceof Error) cause = cause.cause;
  const reasons = cause instanceof AggregateError ? cause.errors : [cause];
  return [...new Set(reasons.map((each) => (each instanceof Error ? each.message : String(each))))].join('; ');
}
