import { shownText } from '../output/shown-text.js';
import type { Terminal } from '../output/terminal.js';
import type { Finding, FindingState } from './finding.js';

const signs: Readonly<Record<FindingState, string>> = { ok: '✓', warn: '!', fail: '✗' };
const width = 11;

/** For people: a line a check, what to do below it, then the verdict. */
export function doctorPage(terminal: Terminal, findings: readonly Finding[]): string[] {
  const paint = { ok: terminal.good, warn: terminal.warm, fail: terminal.bad };
  const lines = findings.flatMap(({ check, state, detail, remedy }) => [
    `${paint[state](signs[state])} ${check.padEnd(width)} ${shownText(detail, 1_000)}`,
    ...(remedy === null ? [] : [`  ${' '.repeat(width)} ${terminal.dim(`-> ${remedy}`)}`]),
  ]);
  return [...lines, '', verdictOf(findings)];
}

function verdictOf(findings: readonly Finding[]): string {
  const count = (wanted: FindingState): number => findings.filter(({ state }) => state === wanted).length;
  const [failed, warned] = [count('fail'), count('warn')];
  if (failed + warned === 0) return 'All is well.';
  const rest = warned === 0 ? '' : `${failed === 0 ? '' : ', and '}${warned} ${warned === 1 ? 'warning' : 'warnings'}`;
  return `${failed === 0 ? '' : `${failed} of ${findings.length} checks failed`}${rest}.`;
}
