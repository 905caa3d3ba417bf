/** The part of a schema of OpenAPI 3.0 that our documents use. */
export interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly format?: string;
  readonly pattern?: string;
  readonly nullable?: boolean;
  readonly enum?: readonly unknown[];
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: boolean | Schema;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly [bound: string]: unknown;
}
/** `request`: what was taken must be taken still. `answer`: what was promised must be promised still. */
export type Direction = 'request' | 'answer';
export type Resolve = (schema: Schema) => Schema;

const floors = ['minimum', 'minLength', 'minItems'];
const ceilings = ['maximum', 'maxLength', 'maxItems'];

/** What breaks who relies on `before`, in sentences; new values of an enum in answers do not. */
export function schemaBreaks(
  [before, resolveBefore]: readonly [Schema, Resolve],
  [after, resolveAfter]: readonly [Schema, Resolve],
  direction: Direction,
  at: string,
): string[] {
  const compare = (first: Schema, second: Schema, where: string): string[] =>
    schemaBreaks([first, resolveBefore], [second, resolveAfter], direction, where);
  const [old, now] = [resolveBefore(before), resolveAfter(after)];
  const [olds, nows] = [branchesOf(old), branchesOf(now)];
  if (olds.length > 1 || nows.length > 1) {
    const [each, among] = direction === 'request' ? [olds, nows] : [nows, olds];
    const fits = (one: Schema, other: Schema): boolean =>
      (direction === 'request' ? compare(one, other, at) : compare(other, one, at)).length === 0;
    return each.every((one) => among.some((other) => fits(one, other)))
      ? []
      : [`${at}: one of the alternatives is not what it was`];
  }
  const isRequest = direction === 'request';
  const breaks: string[] = [];
  const say = (holds: boolean, sentence: string): void => void (holds && breaks.push(`${at}: ${sentence}`));
  const mayDrop = isRequest ? now.type === undefined : old.type === undefined;
  say(old.type !== now.type && !mayDrop, `type was ${old.type}, is ${now.type}`);
  say((old.nullable === true) !== (now.nullable === true) && (old.nullable === true) === isRequest, 'null differs');
  if (isRequest) breaks.push(...boundBreaks(old, now, at));
  for (const name of Object.keys(old.properties ?? {})) {
    const member = now.properties?.[name];
    if (member === undefined) say(true, `member ${name} is gone`);
    else breaks.push(...compare(old.properties![name]!, member, `${at}/${name}`));
  }
  const [had, has] = [old.required ?? [], now.required ?? []];
  for (const name of isRequest ? has.filter((each) => !had.includes(each)) : had.filter((each) => !has.includes(each)))
    say(true, `member ${name} is ${isRequest ? 'required' : 'optional'} now`);
  if (old.items !== undefined && now.items !== undefined) breaks.push(...compare(old.items, now.items, `${at}/items`));
  if (typeof old.additionalProperties === 'object' && typeof now.additionalProperties === 'object')
    breaks.push(...compare(old.additionalProperties, now.additionalProperties, `${at}/*`));
  return breaks;
}

function branchesOf(schema: Schema): readonly Schema[] {
  return schema.anyOf ?? schema.oneOf ?? [schema];
}

/** Of a request: what is refused now and was not. */
function boundBreaks(old: Schema, now: Schema, at: string): string[] {
  const number = (schema: Schema, name: string, otherwise: number): number => (schema[name] as number) ?? otherwise;
  const tighter = [
    ...floors.filter((name) => number(now, name, -Infinity) > number(old, name, -Infinity)),
    ...ceilings.filter((name) => number(now, name, Infinity) < number(old, name, Infinity)),
    ...['pattern', 'format'].filter((name) => now[name] !== undefined && now[name] !== old[name]),
  ].map((name) => `${at}: ${name} is tighter`);
  const isOpen = (schema: Schema): boolean => schema.additionalProperties !== false;
  if (isOpen(old) && !isOpen(now)) tighter.push(`${at}: unknown members are refused now`);
  if (now.enum === undefined) return tighter;
  const gone = old.enum?.filter((value) => !now.enum!.includes(value));
  if (gone === undefined) return [...tighter, `${at}: only some values are taken now`];
  return [...tighter, ...gone.map((value) => `${at}: the value ${JSON.stringify(value)} is gone`)];
}
