import type { OpenAPIObject } from '@nestjs/swagger';

/** Operations under /v1 of all documents as one, by path; whole subtrees that equal one of `named` become references to it. */
export function mergeDocuments(
  [first, ...others]: readonly [OpenAPIObject, ...OpenAPIObject[]],
  named: Readonly<Record<string, unknown>>,
): OpenAPIObject {
  const paths: OpenAPIObject['paths'] = {};
  for (const document of [first, ...others]) {
    for (const [path, item] of Object.entries(document.paths)) {
      if (path.startsWith('/v1/')) paths[path] = { ...paths[path], ...item };
    }
  }
  const names = new Map(Object.entries(named).map(([name, schema]) => [JSON.stringify(schema), name]));
  const byPath = Object.fromEntries(Object.entries(paths).sort(([one], [other]) => (one < other ? -1 : 1)));
  const schemas = Object.fromEntries(Object.entries(named).map(([name, schema]) => [name, inside(schema, names)]));
  return {
    openapi: first.openapi,
    info: first.info,
    tags: [],
    servers: [],
    paths: referring(byPath, names) as OpenAPIObject['paths'],
    components: { schemas: schemas as NonNullable<OpenAPIObject['components']>['schemas'] & object },
  };
}

function referring(value: unknown, names: ReadonlyMap<string, string>): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const name = names.get(JSON.stringify(value));
  return name === undefined ? inside(value, names) : { $ref: `#/components/schemas/${name}` };
}

/** As `referring`, for a value that is not itself to become a reference. */
function inside(value: unknown, names: ReadonlyMap<string, string>): unknown {
  if (Array.isArray(value)) return value.map((member) => referring(member, names));
  return Object.fromEntries(Object.entries(value as object).map(([key, member]) => [key, referring(member, names)]));
}
