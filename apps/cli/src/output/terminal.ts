/** What people read: a stream that may be a terminal. */
export interface Terminal {
  /** Does it take colours and redrawing? False for pipes and files, and the colours with NO_COLOR. */
  readonly isLive: boolean;
  line(text?: string): void;
  bold(text: string): string;
  dim(text: string): string;
  good(text: string): string;
  bad(text: string): string;
  warm(text: string): string;
  /** Replaces the lines that the last call drew. Only where `isLive`. */
  redraw(lines: readonly string[]): void;
  /** What was drawn stays; the next `redraw` begins below. */
  settle(): void;
}

export function terminalOn(stream: NodeJS.WriteStream, env: NodeJS.ProcessEnv = process.env): Terminal {
  const isLive = stream.isTTY === true && env['TERM'] !== 'dumb';
  const hasColours = isLive && (env['NO_COLOR'] ?? '') === '';
  const paint = (code: number) => (text: string) => (hasColours ? `\u001b[${code}m${text}\u001b[0m` : text);
  let drawn = 0;
  return {
    isLive,
    line: (text = '') => void stream.write(`${text}\n`),
    bold: paint(1),
    dim: paint(2),
    good: paint(32),
    bad: paint(31),
    warm: paint(33),
    redraw: (lines) => {
      const up = drawn === 0 ? '' : `\u001b[${drawn}A\u001b[J`;
      const fit = lines.map((line) => cutTo(line, (stream.columns ?? 80) - 1));
      stream.write(`${up}${fit.map((line) => `${line}\n`).join('')}`);
      drawn = lines.length;
    },
    settle: () => void (drawn = 0),
  };
}

/** Columns of a terminal; elsewhere as many as a page of text has. */
export function columnsOf(stream: NodeJS.WriteStream): number {
  return stream.columns ?? 120;
}

/** Cuts a painted line to a visible width: a line that wraps would spoil the count of lines to go back. */
export function cutTo(line: string, width: number): string {
  let seen = 0;
  return line.replaceAll(/\u001b\[[0-9;]*m|./gu, (piece) => (piece.length > 2 || ++seen <= width ? piece : ''));
}
