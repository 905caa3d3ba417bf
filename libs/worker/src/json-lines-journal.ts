import type { Journal } from '@millrace/runtime';

/** One JSON object per line on standard output: level, time, the fields, msg. What JSON cannot carry is left out. */
export const jsonLinesJournal: Journal = {
  info: (fields, message) => write('info', fields, message),
  warn: (fields, message) => write('warn', fields, message),
  error: (fields, message) => write('error', fields, message),
};

function write(level: string, fields: object, message: string): void {
  process.stdout.write(`${lineOf({ level, time: new Date().toISOString(), ...fields, msg: message })}\n`);
}

function lineOf(line: { readonly level: string; readonly time: string; readonly msg: string }): string {
  try {
    return JSON.stringify(line, (_key, value: unknown) =>
      value instanceof Error ? { name: value.name, message: value.message, stack: value.stack } : value,
    );
  } catch {
    return JSON.stringify({ level: line.level, time: line.time, msg: line.msg });
  }
}
