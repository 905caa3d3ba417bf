import type { Journal } from '@millrace/runtime';
import { pino } from 'pino';

/**
 * JSON lines on standard output, one object each: level, time (RFC 3339), service, the caller's fields (run, task, attempt,
 * partition), msg. An `Error` under `error` is written with its stack and causes.
 */
export function pinoJournal(service: string, level: string): Journal {
  const log = pino(
    {
      level,
      base: { service },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { error: pino.stdSerializers.errWithCause, err: pino.stdSerializers.errWithCause },
    },
    // Written at once: lines in flight at the end of the process came out of order.
    pino.destination({ fd: 1, sync: true }),
  );
  return {
    info: (fields, message) => log.info(fields, message),
    warn: (fields, message) => log.warn(fields, message),
    error: (fields, message) => log.error(fields, message),
  };
}
