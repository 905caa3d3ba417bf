import type { Command } from 'commander';

/** The name of what is submitted, so that submitting it twice is harmless. */
export interface Keyed {
  readonly idempotencyKey?: string;
}

export function withKey(command: Command): Command {
  return command.option('--idempotency-key <key>', 'submitted again with it, it is the same run');
}

/** The member of a request, where it was given. */
export function keyOf({ idempotencyKey }: Keyed): Keyed {
  return idempotencyKey === undefined ? {} : { idempotencyKey };
}
