import type { Journal } from '../ports.js';

export interface JournalLine {
  readonly level: 'info' | 'warn' | 'error';
  readonly fields: object;
  readonly message: string;
}

/** A journal that prints nothing and keeps its lines for assertions. */
export function quietJournal(): Journal & { readonly lines: readonly JournalLine[] } {
  const lines: JournalLine[] = [];
  const keep = (level: JournalLine['level']) => (fields: object, message: string) =>
    void lines.push({ level, fields, message });
  return { lines, info: keep('info'), warn: keep('warn'), error: keep('error') };
}
