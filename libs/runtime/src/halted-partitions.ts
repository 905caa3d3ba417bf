import type { HaltedPartition } from '@millrace/protocol';

/** Sentences in a heartbeat are cut there. */
const faultCharsMax = 500;
/** Halted partitions named in one heartbeat. */
const haltedMax = 100;

/** What a service says in heartbeats of the partitions that it has halted; nothing where there are none. */
export function sayHalted(halted: ReadonlyMap<number, Error>): { readonly halted?: readonly HaltedPartition[] } {
  if (halted.size === 0) return {};
  const first = [...halted].slice(0, haltedMax);
  return {
    halted: first.map(([partition, { message }]) => ({
      partition,
      fault: message.slice(0, faultCharsMax).toWellFormed(),
    })),
  };
}
