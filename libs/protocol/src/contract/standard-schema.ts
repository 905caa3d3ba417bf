/** The part of Standard Schema v1 (zod, valibot, arktype, ...) that is used: what it gives out, and what it takes. */
export interface StandardSchema<Output = unknown, Input = unknown> {
  readonly '~standard': {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => SchemaOutcome<Output> | Promise<SchemaOutcome<Output>>;
    readonly types?: { readonly input: Input; readonly output: Output } | undefined;
  };
}

export type SchemaOutcome<Output> =
  { readonly value: Output; readonly issues?: undefined } | { readonly issues: readonly SchemaIssue[] };

export interface SchemaIssue {
  readonly message: string;
  /** What zod, valibot and arktype say beside it, where one kind of value was expected. */
  readonly expected?: unknown;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

const issuesMax = 10;

const shownCharsMax = 60;

/**
 * What is wrong with `value`, an issue each: the field, what the schema expects there, and what was found. At most ten. What is refused
 * as a whole is called `what`.
 */
export function issueSentences(issues: readonly SchemaIssue[], value: unknown, what: string): string[] {
  return issues.slice(0, issuesMax).map(({ message, expected, path = [] }) => {
    const keys = keysOf(path);
    const at = keys.length === 0 ? what : keys.map(String).join('.');
    const found = foundAt(value, keys);
    return typeof expected === 'string'
      ? `${at}: expected ${expected}, found ${found}`
      : `${at}: ${message} (found ${found})`;
  });
}

/** Names of members and places in arrays, from the outside in. */
export function keysOf(path: NonNullable<SchemaIssue['path']>): PropertyKey[] {
  return path.map((part) => (typeof part === 'object' ? part.key : part));
}

function foundAt(value: unknown, keys: readonly PropertyKey[]): string {
  let found = value;
  for (const key of keys) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, key)) return 'nothing';
    found = (found as Record<PropertyKey, unknown>)[key];
  }
  if (found === undefined) return 'nothing';
  if (found === null) return 'null';
  if (Array.isArray(found)) return `an array of ${found.length}`;
  if (typeof found === 'object') return `an object of ${Object.keys(found).slice(0, 5).join(', ') || 'nothing'}`;
  return `${typeof found} ${shown(found)}`;
}

function shown(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length > shownCharsMax ? `${text.slice(0, shownCharsMax - 1)}…` : text;
}

/** Is it a schema? Those of arktype are functions. */
export function isSchema(value: unknown): value is StandardSchema {
  return (typeof value === 'object' || typeof value === 'function') && value !== null && '~standard' in value;
}
