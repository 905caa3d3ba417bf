import type { Json } from '@millrace/domain';
import { parseJson, ServiceProblem, tellable } from '@millrace/nest-kit';
import { limits, type ProblemCode } from '@millrace/protocol';
import { Composer, Lexer, LineCounter, Parser, type CST, type YAMLError } from 'yaml';

/** Each alias may be used this often: against documents that grow when they are read. */
const aliasesMax = 100;
/** Reading takes about 2 s of CPU a MiB, in which nothing else is answered. */
const yamlBytesMax = limits.bodyBytesMax;
/** What the parser holds open for one level of nesting is one token; some more lie around the innermost. */
const openTokensMax = limits.depthMax + 8;

/** YAML 1.2 (core schema) as the JSON that it stands for, under the same rules as JSON. Throws a 400, or a 413. */
export function readYaml(text: string): Json {
  if (Buffer.byteLength(text) > yamlBytesMax) {
    const detail = `Expected at most ${yamlBytesMax} bytes of YAML, but there are more. Send the workflow as JSON.`;
    throw new ServiceProblem({ status: 413, code: 'yaml-too-large', detail });
  }
  let json: string | undefined;
  try {
    json = JSON.stringify(parse(text), (_key, member: unknown) => numberOf(member));
  } catch (cause) {
    // Beyond what is malformed: documents that contain themselves.
    if (cause instanceof ServiceProblem) throw cause;
    throw refused('yaml-malformed', `Expected YAML, but: ${firstLine((cause as Error).message)}.`, cause);
  }
  return parseJson(Buffer.from(json ?? 'null'));
}

/** What YAML only warns of, such as an unknown tag, is refused too. */
function parse(text: string): unknown {
  const lines = new LineCounter();
  const composer = new Composer({ schema: 'core', intAsBigInt: true, stringKeys: true });
  const [document, second] = composer.compose(tokensOf(text, lines), true, text.length);
  if (second !== undefined) throw new Error('the text holds more than one document');
  const [fault] = [...document!.errors, ...document!.warnings];
  if (fault !== undefined) throw new Error(placed(fault, lines));
  return document!.toJS({ maxAliasCount: aliasesMax });
}

/** Stops at the first token that is nested too deep, so a bomb costs what lies before it. */
function* tokensOf(text: string, lines: LineCounter): Generator<CST.Token> {
  const parser = new Parser(lines.addNewLine);
  lines.addNewLine(0);
  for (const lexeme of new Lexer().lex(text)) {
    yield* parser.next(lexeme);
    if (parser.stack.length > openTokensMax) {
      throw refused('json-too-deep', 'Expected less nesting, but the document is too deep. Flatten it.');
    }
  }
  yield* parser.end();
}

function placed({ message, pos }: YAMLError, lines: LineCounter): string {
  const { line, col } = lines.linePos(pos[0]);
  return `${firstLine(message)} at line ${line}, column ${col}`;
}

/** Whole numbers arrive as bigints, so that one that a double cannot hold is seen. */
function numberOf(member: unknown): unknown {
  if (typeof member === 'bigint') {
    if (BigInt(Number(member)) === member) return Number(member);
  } else if (typeof member !== 'number' || Number.isFinite(member)) return member;
  throw refused(
    'json-number-not-exact',
    `Expected a number that a double holds, but ${String(member).slice(0, 40)} would change. Write it as a string.`,
  );
}

function firstLine(text: string): string {
  return tellable(text.split('\n')[0]!).replace(/[.:]$/, '');
}

function refused(code: ProblemCode, detail: string, cause?: unknown): ServiceProblem {
  return new ServiceProblem({ status: 400, code, detail, cause });
}
