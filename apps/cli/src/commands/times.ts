import type { Command } from 'commander';
import { count } from './arguments.js';

/** When what is submitted may begin, and must have ended. */
export interface Times {
  readonly runAt?: string;
  readonly delayMs?: number;
  readonly scheduleToCloseMs?: number;
}

const longMsMax = 315_360_000_000;

export function withTimes(command: Command): Command {
  return command
    .option('--run-at <time>', 'not before this time, as 2030-01-01T00:00:00Z')
    .option('--delay-ms <ms>', 'not before this long from now', count(0, longMsMax))
    .option('--schedule-to-close-ms <ms>', 'timed out when it takes longer', count(1, longMsMax));
}

/** Those members of a request that were given. */
export function timesOf({ runAt, delayMs, scheduleToCloseMs }: Times): Times {
  return {
    ...(runAt === undefined ? {} : { runAt }),
    ...(delayMs === undefined ? {} : { delayMs }),
    ...(scheduleToCloseMs === undefined ? {} : { scheduleToCloseMs }),
  };
}
