import { schemaBreaks, type Direction, type Resolve, type Schema } from './schema-breaks.ts';

type Content = Readonly<Record<string, { readonly schema?: Schema }>>;
interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly schema?: Schema;
}
interface Operation {
  readonly operationId?: string;
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Content };
  readonly responses: Readonly<Record<string, { readonly content?: Content }>>;
}
export interface ApiDocument {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components?: { readonly schemas?: Readonly<Record<string, Schema>> };
}

/** What breaks a program that was written to `before`, in sentences; empty where nothing does. */
export function breakingChanges(before: ApiDocument, after: ApiDocument): string[] {
  return Object.entries(before.paths).flatMap(([path, item]) =>
    Object.entries(item).flatMap(([method, old]) => {
      const at = `${method.toUpperCase()} ${path}`;
      const now = after.paths[path]?.[method];
      return now === undefined ? [`${at}: the operation is gone`] : operationBreaks(old, now, at, before, after);
    }),
  );
}

function operationBreaks(
  old: Operation,
  now: Operation,
  at: string,
  before: ApiDocument,
  after: ApiDocument,
): string[] {
  const breaks = old.operationId === now.operationId ? [] : [`${at}: it was named ${old.operationId}`];
  const compare = (one: Schema | undefined, other: Schema | undefined, direction: Direction, where: string): string[] =>
    schemaBreaks([one ?? {}, resolverOf(before)], [other ?? {}, resolverOf(after)], direction, where);
  const same = (one: Parameter, other: Parameter): boolean => one.name === other.name && one.in === other.in;
  for (const parameter of old.parameters ?? []) {
    const match = now.parameters?.find((each) => same(each, parameter));
    if (match === undefined) breaks.push(`${at}: parameter ${parameter.name} is gone`);
    else breaks.push(...compare(parameter.schema, match.schema, 'request', `${at} ${parameter.name}`));
  }
  for (const parameter of now.parameters ?? []) {
    const wasRequired = old.parameters?.find((each) => same(each, parameter))?.required === true;
    if (parameter.required === true && !wasRequired) breaks.push(`${at}: parameter ${parameter.name} is required now`);
  }
  const contents = (one: Content = {}, other: Content = {}, direction: Direction, where: string): string[] =>
    Object.entries(one).flatMap(([type, { schema }]) =>
      other[type] === undefined
        ? [`${where}: ${type} is gone`]
        : compare(schema, other[type].schema, direction, `${where} ${type}`),
    );
  breaks.push(...contents(old.requestBody?.content, now.requestBody?.content, 'request', at));
  for (const [status, { content }] of Object.entries(old.responses)) {
    if (now.responses[status] !== undefined)
      breaks.push(...contents(content, now.responses[status].content, 'answer', `${at} ${status}`));
    else if (status.startsWith('2')) breaks.push(`${at}: status ${status} is gone`);
  }
  return breaks;
}

function resolverOf({ components }: ApiDocument): Resolve {
  return (schema) => {
    const name = schema.$ref?.split('/').at(-1);
    return name === undefined ? schema : (components?.schemas?.[name] ?? {});
  };
}
