import { MillraceError } from '@millrace/client';
import { problem, workflowList, type WorkflowList } from '@millrace/protocol';

const pagesMax = 1_000;

/** Every workflow version that the read side knows, page by page. Throws `MillraceError`. */
export async function allWorkflows(apiUrl: string): Promise<WorkflowList['workflows']> {
  const workflows: WorkflowList['workflows'] = [];
  let cursor: string | null = null;
  for (let page = 0; page < pagesMax; page++) {
    const query = cursor === null ? '' : `?cursor=${encodeURIComponent(cursor)}`;
    const answer = workflowList.parse(await readApi(apiUrl, `workflows${query}`));
    workflows.push(...answer.workflows);
    cursor = answer.next;
    if (cursor === null) break;
  }
  return workflows;
}

/** GET below `/v1/` of the API. Throws `MillraceError`. */
export async function readApi(apiUrl: string, path: string): Promise<unknown> {
  const url = `${apiUrl.replace(/\/+$/, '')}/v1/${path}`;
  let response: Response;
  try {
    response = await fetch(url, { signal: AbortSignal.timeout(30_000) });
  } catch (cause) {
    const detail = `Expected Millrace to answer at ${url}, but: ${(cause as Error).message}`;
    throw new MillraceError({ code: 'unreachable', status: 0, detail, cause });
  }
  const body: unknown = await response.json().catch(() => undefined);
  if (response.ok) return body;
  const { data } = problem.safeParse(body);
  const detail = data?.detail ?? `Expected an answer of Millrace, but got status ${response.status}.`;
  throw new MillraceError({ code: data?.code ?? 'not-a-problem', status: response.status, detail });
}
