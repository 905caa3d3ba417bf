import { MillraceError } from '@millrace/client';
import { problem, workflowList, type WorkflowList } from '@millrace/protocol';

const pagesMax = 1_000;

/** What checks an answer, such as a schema of zod. */
interface Schema<T> {
  safeParse(
    value: unknown,
  ):
    | { readonly success: true; readonly data: T }
    | { readonly success: false; readonly error: { readonly issues: readonly Issue[] } };
}
interface Issue {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

/** Every workflow version that the read side knows, page by page. Throws `MillraceError`. */
export async function allWorkflows(apiUrl: string): Promise<WorkflowList['workflows']> {
  const workflows: WorkflowList['workflows'] = [];
  let cursor: string | null = null;
  for (let page = 0; page < pagesMax; page++) {
    const query = cursor === null ? '' : `?cursor=${encodeURIComponent(cursor)}`;
    const answer: WorkflowList = await readApi(apiUrl, `workflows${query}`, workflowList);
    workflows.push(...answer.workflows);
    cursor = answer.next;
    if (cursor === null) break;
  }
  return workflows;
}

/** GET below `/v1/` of the API. Throws `MillraceError`: with code `answer-unknown` where the answer is none that this version knows. */
export async function readApi<T>(apiUrl: string, path: string, schema: Schema<T>): Promise<T> {
  const url = `${apiUrl.replace(/\/+$/, '')}/v1/${path}`;
  let response: Response;
  try {
    response = await fetch(url, { signal: AbortSignal.timeout(30_000) });
  } catch (cause) {
    const detail = `Expected Millrace to answer at ${url}, but: ${(cause as Error).message}`;
    throw new MillraceError({ code: 'unreachable', status: 0, detail, cause });
  }
  const body: unknown = await response.json().catch(() => undefined);
  const { status } = response;
  if (response.ok) {
    const read = schema.safeParse(body);
    if (read.success) return read.data;
    const [{ path: at, message } = { path: [], message: 'it is another' }] = read.error.issues;
    const detail = `Expected an answer of ${url} as this version knows it, but ${at.join('.') || 'it'}: ${message}.`;
    throw new MillraceError({ code: body === undefined ? 'not-a-problem' : 'answer-unknown', status, detail });
  }
  const { data } = problem.safeParse(body);
  const detail = data?.detail ?? `Expected an answer of Millrace, but got status ${status}.`;
  throw new MillraceError({ code: data?.code ?? 'not-a-problem', status, detail });
}
