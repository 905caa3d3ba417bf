import { z } from 'zod';

/** Milliseconds, a whole number from the environment between `min` and `max`, both included. */
export const milliseconds = (min: number, max: number): z.ZodPipe<z.ZodCoercedNumber, z.ZodNumber> =>
  z.coerce.number().pipe(z.number().int().min(min).max(max));

/** `1` or `true`, `0` or `false`; default false. */
export const flag = z
  .enum(['0', '1', 'false', 'true'])
  .default('0')
  .transform((text) => text === '1' || text === 'true');

/** The variables that every service reads. Extend it: `commonConfig.extend({ ... })`. */
export const commonConfig = z.object({
  /** Comma-separated `host:port`. */
  MILLRACE_KAFKA_BROKERS: z
    .string()
    .default('127.0.0.1:9092')
    .transform((text) => text.split(',').map((broker) => broker.trim()))
    .pipe(
      z
        .array(z.string().regex(/^[^\s:]+:\d{1,5}$|^\[[0-9a-f:]+\]:\d{1,5}$/, 'each broker is written host:port'))
        .min(1),
    ),
  /** What all topic names begin with. */
  MILLRACE_TOPICS_PREFIX: z
    .string()
    .regex(/^[A-Za-z0-9._-]{1,100}$/, 'a topic prefix has letters, digits, dot, dash and underscore')
    .default('millrace'),
  DATABASE_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\//, 'a database URL begins with postgresql://')
    .optional(),
  /** Address to bind. Anything but loopback needs MILLRACE_ALLOW_PUBLIC. */
  MILLRACE_HOST: z.string().default('127.0.0.1'),
  MILLRACE_ALLOW_PUBLIC: flag,
  /** 0 takes any free port; the line `listening` names it. */
  PORT: z.coerce.number().pipe(z.number().int().min(0).max(65_535)).default(0),
  LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
  /** A service that has not stopped by then exits non-zero. Too small: work is cut off; too large: deploys hang. */
  MILLRACE_DRAIN_MS: milliseconds(100, 600_000).default(30_000),
  /** Lag without progress for this long: /livez fails, and the process exits non-zero. Too small: slow disks kill it. */
  MILLRACE_STALL_MS: milliseconds(1_000, 3_600_000).default(60_000),
});
export type CommonConfig = z.output<typeof commonConfig>;

/** For services that cannot do without Postgres: `commonConfig.extend(databaseConfig)`. */
export const databaseConfig = {
  DATABASE_URL: z.string().regex(/^postgres(ql)?:\/\//, 'a database URL begins with postgresql://'),
};
