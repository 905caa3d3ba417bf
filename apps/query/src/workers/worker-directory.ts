import { partitionOfRun } from '@millrace/domain';
import type { Freshness, Heartbeat, OwnedPartition, WorkerHeartbeat, WorkerList, WorkerView } from '@millrace/protocol';

/** Without a heartbeat for this long a worker or an owner is not shown. Heartbeats come every 2 s. */
export const silentMs = 15_000;
/** Without a successful read for this long, what is known here is called stale. */
export const staleMs = 5_000;
const workersMax = 10_000;

interface Heard<Said> {
  readonly said: Said;
  /** Append time. */
  readonly at: number;
  /** By this process's clock, which silence is counted on: the broker's may differ. */
  readonly heardAt: number;
}

/** What workers and owners of partitions said last. Bounded: of more than 10,000 workers the longest silent are forgotten. */
export class WorkerDirectory {
  readonly #workers = new Map<string, Heard<WorkerHeartbeat>>();
  readonly #owners = new Map<number, Heard<OwnedPartition>>();
  #readAt: number | undefined;

  hear(heartbeat: Heartbeat, at: number, heardAt: number): void {
    if (heartbeat.kind === 'worker') {
      this.#workers.delete(heartbeat.id);
      this.#workers.set(heartbeat.id, { said: heartbeat, at, heardAt });
      if (this.#workers.size > workersMax) this.#workers.delete(this.#workers.keys().next().value!);
    } else if (heartbeat.kind === 'dispatcher') {
      for (const owned of heartbeat.partitions) this.#owners.set(owned.partition, { said: owned, at, heardAt });
    }
  }

  /** Everything that was there at `now` has been heard. */
  reachedEnd(now: number): void {
    this.#readAt = now;
  }

  isStale(now: number): boolean {
    return this.#readAt === undefined || now - this.#readAt > staleMs;
  }

  list(now: number): WorkerList {
    const workers = this.#living(now).map(toView);
    const names = [...new Set(workers.flatMap((worker) => worker.handlers))].sort();
    return {
      workers,
      handlers: names.map((handler) => ({
        handler,
        workers: workers.filter((worker) => worker.handlers.includes(handler)).map((worker) => worker.id),
      })),
      stale: this.isStale(now),
      readAt: this.#readAt === undefined ? null : new Date(this.#readAt).toISOString(),
    };
  }

  /** Living workers that serve this handler and queue, and how many of them have room for one more of the log partition. */
  serving(handler: string, queue: string, partition: number, now: number): { workers: number; free: number } {
    const serving = this.#living(now).filter(({ said: { leaving, handlers, queues } }) => {
      const holds = Object.hasOwn(queues, queue) && queues[queue]!.length > 0;
      return leaving !== true && handlers.includes(handler) && holds;
    });
    return { workers: serving.length, free: serving.filter(({ said }) => hasRoom(said, partition)).length };
  }

  /** Where the owner of a partition stands, and how far the projection is behind it. */
  lag(partition: number, offset: string, now: number): Pick<Freshness['partitions'][number], 'ownerOffset' | 'lag'> {
    const heard = this.#owners.get(partition);
    if (heard === undefined || isSilent(heard, now)) return { ownerOffset: null, lag: null };
    const { position } = heard.said;
    return { ownerOffset: String(position), lag: String(Math.max(0, position - Number(offset))) };
  }

  #living(now: number): Heard<WorkerHeartbeat>[] {
    return [...this.#workers.values()].filter((heard) => !isSilent(heard, now));
  }
}

function hasRoom({ credits, deliveries, drains }: WorkerHeartbeat, partition: number): boolean {
  if (drains === true) return false;
  const ofPartition = deliveries.filter(({ run, state }) => state !== 'ended' && partitionOfRun(run) === partition);
  return (credits[partition] ?? 0) > ofPartition.length;
}

function isSilent({ heardAt }: Heard<unknown>, now: number): boolean {
  return now - heardAt > silentMs;
}

function toView({ said, at }: Heard<WorkerHeartbeat>): WorkerView {
  return {
    id: said.id,
    seenAt: new Date(at).toISOString(),
    slots: said.slots,
    busy: said.busy,
    handlers: [...said.handlers].sort(),
    queues: Object.fromEntries(Object.entries(said.queues).map(([queue, held]) => [queue, [...held]])),
    held: said.deliveries.length,
    draining: said.drains === true,
    blockedMs: said.blockedMs ?? null,
    leaving: said.leaving === true,
  };
}
