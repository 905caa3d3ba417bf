import { readHeartbeat, TopicTail, type Clock, type Journal, type RecordReader } from '@millrace/runtime';
import type { WorkerDirectory } from './worker-directory.js';

/** Heartbeats read again at the start, so that living workers are known at once. */
const rereadMax = 10_000;

/** A tail that follows the heartbeats on `millrace.workers` into the directory. */
export function tailWorkers(options: {
  readonly reader: RecordReader;
  readonly topic: string;
  readonly directory: WorkerDirectory;
  readonly clock: Clock;
  readonly journal: Journal;
}): TopicTail {
  const { directory, clock, ...rest } = options;
  return new TopicTail({
    ...rest,
    clock,
    from: { lastRecords: rereadMax },
    onRecord: ({ at, value }, isLive) => {
      const heartbeat = readHeartbeat(value);
      // While catching up, a heartbeat is as old as the broker says; later it is as new as its arrival.
      if (heartbeat !== undefined) directory.hear(heartbeat, at, isLive ? clock.now() : at);
    },
    onRead: (atEnd) => {
      if (atEnd) directory.reachedEnd(clock.now());
    },
  });
}
