import { madeBy, table } from './page.ts';

interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly parameters?: readonly Parameter[];
  readonly responses: Readonly<Record<string, { readonly description?: string }>>;
}

interface Parameter {
  readonly name?: string;
  readonly in?: string;
  readonly required?: boolean;
  readonly description?: string;
}

export interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

/** Every operation of the API with its parameters and statuses; bodies are in the document itself. */
export function apiPage({ paths }: OpenApi): string {
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
  );
  return [
    '# API',
    'One address for all: ingest passes reads on to query. The document itself, with the shapes of bodies and answers, is at `/openapi.json` of every system, its ' +
      'page at `/docs`; errors are [problem+json](https://www.rfc-editor.org/rfc/rfc9457) with a `code`. What is said of positions, streams and ' +
      'keys stands in [operations](../operations.md#the-api).',
    madeBy,
    ...operations.map(({ path, method, operation }) =>
      [
        `## ${method} ${path}`,
        `${operation.summary}. In clients: \`${operation.operationId}\`. Answers: ${Object.keys(operation.responses).join(', ')}.`,
        ...parametersOf(operation),
      ].join('\n\n'),
    ),
  ].join('\n\n');
}

function parametersOf({ parameters = [] }: Operation): string[] {
  if (parameters.length === 0) return [];
  const rows = parameters.map(({ name = '', in: where = '', required = false, description = '' }) => [
    `\`${name}\``,
    required ? `${where}, required` : where,
    description,
  ]);
  return [table(['parameter', 'in', 'what it does'], rows)];
}
