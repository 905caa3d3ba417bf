import type { Heartbeat } from '@millrace/protocol';
import { readHeartbeat, TopicTail, type Clock, type Journal, type RecordReader } from '@millrace/runtime';

/** What keeps something of heartbeats. */
export interface HeartbeatHearer {
  /** `at` is the append time, `heardAt` the same by this process's clock. */
  hear(heartbeat: Heartbeat, at: number, heardAt: number): void;
  /** Everything that was there at `now` has been heard. */
  reachedEnd(now: number): void;
}

/** Heartbeats read again at the start, so that who lives is known at once. */
const rereadMax = 10_000;

/** A tail that follows the heartbeats on `millrace.workers` to those who keep something of them. */
export function tailHeartbeats(options: {
  readonly reader: RecordReader;
  readonly topic: string;
  readonly hearers: readonly HeartbeatHearer[];
  readonly clock: Clock;
  readonly journal: Journal;
}): TopicTail {
  const { hearers, clock, ...rest } = options;
  return new TopicTail({
    ...rest,
    clock,
    from: { lastRecords: rereadMax },
    onRecord: ({ at, value }, isLive) => {
      const heartbeat = readHeartbeat(value);
      if (heartbeat === undefined) return;
      // While catching up, a heartbeat is as old as the broker says; later it is as new as its arrival.
      for (const hearer of hearers) hearer.hear(heartbeat, at, isLive ? clock.now() : at);
    },
    onRead: (atEnd) => {
      if (atEnd) for (const hearer of hearers) hearer.reachedEnd(clock.now());
    },
  });
}
