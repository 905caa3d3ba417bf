import type { ASTNode } from '@marcbachmann/cel-js';

/** Functions whose time grows at most with the size of what they are given. */
const linear = words(
  'has size startsWith endsWith int uint double string bool type dyn lowerAscii upperAscii trim substring timestamp duration',
  'getDate getDayOfMonth getDayOfWeek getDayOfYear getFullYear getHours getMilliseconds getMinutes getMonth getSeconds',
);
/** Functions that look at each element, or for something in a text. */
const costly = words('all exists exists_one filter contains indexOf lastIndexOf matches split');
const counted = [...linear, ...costly].filter((name) => !name.startsWith('get')).sort();

export interface Inspection {
  /** A sentence, where the condition may not be used. */
  readonly fault?: string;
  readonly isLinear: boolean;
}

/** Looks at every part of a parsed condition for functions that it may not use, and for those that may take long. */
export function inspectCondition(ast: ASTNode): Inspection {
  let isLinear = true;
  const open: unknown[] = [ast];
  for (let part = open.pop(); part !== undefined; part = open.pop()) {
    if (Array.isArray(part)) open.push(...(part as unknown[]).filter((each) => each !== undefined));
    if (!isNode(part)) continue;
    const fault = faultOf(part);
    if (fault !== undefined) return { fault, isLinear };
    if ((part.op === 'call' || part.op === 'rcall') && costly.has(part.args[0])) isLinear = false;
    open.push(part.args);
  }
  return { isLinear };
}

function faultOf(node: ASTNode): string | undefined {
  if (node.op === 'call' || node.op === 'rcall') {
    const name = node.args[0];
    if (linear.has(name) || costly.has(name)) return undefined;
    return `Expected functions of conditions (${counted.join(', ')}), but found ${name.slice(0, 100)}.`;
  }
  if (node.op !== 'in' || node.args[1].op === 'list' || !isInteger(node.args[0])) return undefined;
  return 'Expected a number as JSON has it before in, such as 5.0, but found an integer: it is in no list of a result.';
}

function isInteger(node: ASTNode): boolean {
  if (node.op === '-_') return isInteger(node.args);
  return node.op === 'value' && typeof node.args === 'bigint';
}

function isNode(part: unknown): part is ASTNode {
  return typeof part === 'object' && part !== null && 'op' in part && 'args' in part;
}

function words(...lines: readonly string[]): ReadonlySet<string> {
  return new Set(lines.flatMap((line) => line.split(' ')));
}
