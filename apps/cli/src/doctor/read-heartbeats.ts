import type { Heartbeat } from '@millrace/protocol';
import { readHeartbeat, type RecordReader } from '@millrace/runtime';

/** The last thing that a process said of itself. */
export interface Heard {
  readonly said: Heartbeat;
  /** The broker's clock when it was appended. */
  readonly at: number;
}

export interface HeardHeartbeats {
  /** Of each process the last, by id; only those of the last 15 s of what was read. */
  readonly living: readonly Heard[];
  /** One that came while we waited: `at` is the broker's clock, `heardAt` ours. Undefined where none came. */
  readonly live: { readonly at: number; readonly heardAt: number } | undefined;
}

const recordsMax = 10_000;
const silentMs = 15_000;
/** Services say something every 2 s. */
const waitMsMax = 2_500;

/** Reads the last heartbeats, and waits for one more, which tells how the broker's clock stands to ours. Closes the reader. */
export async function readHeartbeats(reader: RecordReader, topic: string): Promise<HeardHeartbeats> {
  try {
    const { start, end } = await reader.bounds(topic, 0);
    const heard = new Map<string, Heard>();
    let offset = Math.max(start, end - recordsMax);
    while (offset < end) {
      const [fetched] = await reader.fetch([{ topic, partition: 0, offset }], 1_000);
      if (fetched === undefined) break;
      for (const { value, at } of fetched.records) keep(heard, value, at);
      offset = fetched.records.at(-1)!.offset + 1;
    }
    const [fresh] = await reader.fetch([{ topic, partition: 0, offset: Math.max(offset, end) }], waitMsMax);
    const heardAt = Date.now();
    for (const { value, at } of fresh?.records ?? []) keep(heard, value, at);
    const last = fresh?.records.at(-1);
    const live = last === undefined ? undefined : { at: last.at, heardAt };
    const now = live?.at ?? heardAt;
    return { living: [...heard.values()].filter(({ at }) => now - at <= silentMs), live };
  } finally {
    void reader.close();
  }
}

function keep(heard: Map<string, Heard>, value: Uint8Array | undefined, at: number): void {
  const said = readHeartbeat(value);
  if (said === undefined) return;
  heard.delete(said.id);
  if (!('leaving' in said && said.leaving === true)) heard.set(said.id, { said, at });
}
