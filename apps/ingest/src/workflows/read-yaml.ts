import type { Json } from '@millrace/domain';
import { parseJson, ServiceProblem } from '@millrace/nest-kit';
import { parse } from 'yaml';

/** Each alias may be used this often: against documents that grow when they are read. */
const aliasesMax = 100;

/** YAML 1.2 (core schema) as the JSON that it stands for, under the same rules as JSON. Throws a 400. */
export function readYaml(text: string): Json {
  let json: string | undefined;
  try {
    const value: unknown = parse(text, {
      schema: 'core',
      intAsBigInt: true,
      maxAliasCount: aliasesMax,
      stringKeys: true,
    });
    json = JSON.stringify(value, (_key, member: unknown) => numberOf(member));
  } catch (cause) {
    // Beyond what is malformed: nesting that overflows the stack, and documents that contain themselves.
    if (cause instanceof ServiceProblem) throw cause;
    throw refused('yaml-malformed', `Expected YAML, but: ${firstLine((cause as Error).message)}.`, cause);
  }
  return parseJson(Buffer.from(json ?? 'null'));
}

/** Whole numbers arrive as bigints, so that one that a double cannot hold is seen. */
function numberOf(member: unknown): unknown {
  if (typeof member === 'bigint') {
    if (BigInt(Number(member)) === member) return Number(member);
  } else if (typeof member !== 'number' || Number.isFinite(member)) return member;
  throw refused(
    'json-number-not-exact',
    `Expected a number that a double holds, but ${String(member)} would change. Write it as a string.`,
  );
}

function firstLine(text: string): string {
  return text.split('\n')[0]!.replace(/[.:]$/, '');
}

function refused(code: string, detail: string, cause?: unknown): ServiceProblem {
  return new ServiceProblem({ status: 400, code, detail, cause });
}
