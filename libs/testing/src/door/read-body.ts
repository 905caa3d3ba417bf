import { parse } from 'yaml';
import { requestInvalid } from '@millrace/protocol/requests';

/** What a request holds, by its content type: JSON, YAML, or lines of JSON. Throws a `ServiceProblem` (400). */
export async function readBody(request: Request): Promise<unknown> {
  const text = await request.text();
  const type = request.headers.get('content-type') ?? 'application/json';
  try {
    if (type.includes('yaml')) return parse(text, { schema: 'core', maxAliasCount: 100, stringKeys: true });
    if (!type.includes('x-ndjson')) return text === '' ? {} : JSON.parse(text);
    return text.split('\n').flatMap((line) => (line.trim() === '' ? [] : [JSON.parse(line) as unknown]));
  } catch (cause) {
    const message = `Expected a body of type ${type}, but: ${(cause as Error).message.split('\n')[0]}.`;
    throw requestInvalid([{ code: 'body-malformed', message, path: '' }]);
  }
}
