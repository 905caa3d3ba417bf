import type { FileFault } from '../workflow-file.js';

const excerptCharsMax = 160;

/** What a person reads of a fault: where, what, the fix, and the line with a mark under the place. */
export function faultLines(
  file: string,
  text: string,
  { path, code, message, fix, line, column }: FileFault,
): string[] {
  const place = line === undefined ? '' : `:${line}:${column}`;
  const what = `${file}${place}${path === '' ? '' : ` ${path}`}: ${message}${fix === undefined ? '' : ` ${fix}`} (${code})`;
  const shown = line === undefined ? undefined : text.split('\n')[line - 1]?.trimEnd();
  if (shown === undefined || shown.length > excerptCharsMax || /[^\P{C}\t]/u.test(shown)) return [what];
  const number = String(line).padStart(6);
  const before = shown.slice(0, column! - 1).replaceAll(/[^\t]/g, ' ');
  return [what, `${number} | ${shown}`, `${' '.repeat(6)} | ${before}^`];
}
