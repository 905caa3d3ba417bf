import { readFileSync } from 'node:fs';

/** What went wrong with a server that was started here. `logFile` names the server's own output, whose last lines the message quotes. */
export class EmbeddedServerError extends Error {
  override readonly name = 'EmbeddedServerError';
  readonly logFile: string | undefined;

  constructor(message: string, detail: { logFile?: string; cause?: unknown } = {}) {
    super(detail.logFile === undefined ? message : `${message}\n${quoteLog(detail.logFile)}`, { cause: detail.cause });
    this.logFile = detail.logFile;
  }
}

const quotedLinesMax = 15;

function quoteLog(file: string): string {
  const lines = lastLines(file, quotedLinesMax);
  return lines.length === 0
    ? `Its log ${file} is empty.`
    : `The last lines of ${file}:\n${lines.map((line) => `  ${line}`).join('\n')}`;
}

/** The last lines of a file that are not blank; none where the file cannot be read. */
export function lastLines(file: string, linesMax: number): string[] {
  try {
    return readFileSync(file, 'utf8')
      .split('\n')
      .filter((line) => line.trim() !== '')
      .slice(-linesMax);
  } catch {
    return [];
  }
}
