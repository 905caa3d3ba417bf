import type { Draws } from './draws.ts';

type Tree = null | boolean | number | string | readonly Tree[] | { readonly [key: string]: Tree };

const deep = (levels: number): string => `${'['.repeat(levels)}${']'.repeat(levels)}`;
/** Values as JSON text, so that those are among them which no parsed value can be. */
const values: readonly string[] = [
  'null', 'true', 'false', '0', '-0', '-1', '1', '1.5', '5', '6', '4294967296', '2147483647', '2147483648', '9007199254740991',
  '9007199254740992', '9007199254740993', '8640000000000001', '1e21', '1e308', '1e400', '1e-400', '5e-324', '0.1', '1e2', '0.30000000000000004',
  '9'.repeat(400), '123456789012345678', '""', '"a"', '"__proto__"', '"constructor"', '"toString"', '"then"', '"\\u0000"', '"\\ud800"',
  '"\\udfff\\ud800"', '"\\ud83d\\ude00"', '"\\u2028"', `"${'x'.repeat(201)}"`, `"${'0'.repeat(64)}"`, `"${'0'.repeat(36)}"`, '[]', '[[]]', '{}',
  '{"__proto__":{"polluted":1}}', '{"constructor":{"prototype":{"polluted":1}}}', '{"\\u005f_proto__":1}', '{"toString":1}', '{"length":9}',
  '{"a":1,"a":2}', deep(59), deep(60), deep(61), deep(64), deep(65), '"2030-01-01T00:00:00Z"', '"critical"', '"result.rows > 0"',
]; // prettier-ignore
/** Now and then one that is large. */
const large: readonly string[] = [
  deep(5_000),
  `"${'k'.repeat(20_000)}"`,
  `[${'0,'.repeat(5_000)}0]`,
  `{"${'k'.repeat(20_000)}":1}`,
];
const keys: readonly string[] = [
  '"__proto__"', '"constructor"', '"prototype"', '"toString"', '"toJSON"', '"then"', '"length"', '""', '"\\u0000"', '"\\ud800"', '"type"',
  '"input"', '"items"', '"task"', '"workflow"', '"run"', '"retry"', '"dependsOn"', '"idempotencyKey"', '"a"',
]; // prettier-ignore

/**
 * The JSON text of `document` with up to three changes of structure: values, keys and elements replaced, taken away, doubled,
 * exchanged, wrapped, or put in from `other`.
 */
export function mutateJson(draws: Draws, document: unknown, other: unknown): string {
  const raw: string[] = [];
  const rawly = (text: string): string => `@@raw${raw.push(text) - 1}@@`;
  let tree = document as Tree;
  for (let count = 1 + draws.below(3); count > 0; count--) tree = mutateAt(draws, tree, other as Tree, rawly);
  const text = JSON.stringify(tree);
  return raw.length === 0 ? text : text.replaceAll(/"@@raw(\d+)@@"/g, (_, index: string) => raw[Number(index)]!);
}

type Rawly = (text: string) => string;

function mutateAt(draws: Draws, tree: Tree, other: Tree, rawly: Rawly): Tree {
  const isInner = typeof tree === 'object' && tree !== null;
  const entries = isInner ? Object.entries(tree) : [];
  if (entries.length > 0 && !draws.once(4)) {
    const [key, child] = draws.pick(entries);
    const changed = mutateAt(draws, child, other, rawly);
    if (Array.isArray(tree)) return (tree as readonly Tree[]).with(Number(key), changed);
    return Object.fromEntries(entries.map(([name, member]) => [name, name === key ? changed : member]));
  }
  if (entries.length === 0 || draws.once(3)) return leaf(draws, tree, other, rawly);
  if (Array.isArray(tree)) return mutateList(draws, tree as readonly Tree[], other, rawly);
  return Object.fromEntries(mutateMembers(draws, entries as [string, Tree][], other, rawly));
}

function leaf(draws: Draws, tree: Tree, other: Tree, rawly: Rawly): Tree {
  if (draws.once(8)) return pieceOf(draws, other);
  if (draws.once(16)) return [tree];
  if (typeof tree === 'number' && draws.once(2)) return tree + draws.pick([1, -1, 0.5, 1e15]);
  if (typeof tree === 'string' && draws.once(3))
    return `${tree.slice(0, draws.below(tree.length + 1))}${draws.pick(['', 'é', ' ', '0', '/'])}`;
  return rawly(draws.once(200) ? draws.pick(large) : draws.pick(values));
}

function mutateList(draws: Draws, list: readonly Tree[], other: Tree, rawly: Rawly): Tree {
  const at = draws.below(list.length);
  switch (draws.below(4)) {
    case 0:
      return list.toSpliced(at, 1);
    case 1:
      return list.toSpliced(at, 0, list[at]!);
    case 2:
      return list.with(at, list.at(-1)!).with(-1, list[at]!);
    default:
      return list.toSpliced(at, 0, leaf(draws, null, other, rawly));
  }
}

function mutateMembers(
  draws: Draws,
  members: readonly [string, Tree][],
  other: Tree,
  rawly: Rawly,
): readonly [string, Tree][] {
  const at = draws.below(members.length);
  const [key, member] = members[at]!;
  switch (draws.below(4)) {
    case 0:
      return members.toSpliced(at, 1);
    case 1:
      return members.with(at, [rawly(draws.pick(keys)), member]);
    case 2:
      return [...members, [rawly(JSON.stringify(key)), leaf(draws, member, other, rawly)]];
    default:
      return [...members, [rawly(draws.pick(keys)), leaf(draws, null, other, rawly)]];
  }
}

/** Any value within a document. */
function pieceOf(draws: Draws, tree: Tree): Tree {
  if (typeof tree !== 'object' || tree === null || draws.once(3)) return tree;
  const children = Object.values(tree) as Tree[];
  return children.length === 0 ? tree : pieceOf(draws, draws.pick(children));
}
