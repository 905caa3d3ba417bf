import type { LoggerService } from '@nestjs/common';
import type { Journal } from '@millrace/runtime';

/** Nest's own lines in our journal; what it says about wiring at every start is left out. */
export function nestLogger(journal: Journal): LoggerService {
  const text = (message: unknown): string => (message instanceof Error ? message.message : String(message));
  return {
    log: () => {},
    warn: (message: unknown, ...rest: unknown[]) => journal.warn({ nest: rest.map(String) }, text(message)),
    error: (message: unknown, ...rest: unknown[]) => journal.error({ nest: rest.map(String) }, text(message)),
    fatal: (message: unknown, ...rest: unknown[]) => journal.error({ nest: rest.map(String) }, text(message)),
  };
}
