import type { Topics } from '@millrace/protocol';
import type { Clock, Journal } from '@millrace/runtime';
import type { AloneRuns } from './alone/alone-runs.js';
import type { Connect } from './connections.js';
import type { ThreadPool } from './threads/thread-pool.js';

/** What a worker is made of. */
export interface WorkerParts {
  /** Ids of its incarnations begin with it. */
  readonly name: string;
  readonly connect: Connect;
  readonly topics: Topics;
  readonly slots: number;
  readonly creditsMax: number;
  readonly inputBytesMax: number;
  readonly drainMs: number;
  readonly clock: Clock;
  readonly journal: Journal;
  readonly draw: () => number;
  /** 32 hex digits of chance, for ids and claims. Default: the system's. */
  readonly nonce?: (() => string) | undefined;
  /** A clock that nobody sets. Default: the process's. */
  readonly monotonicMs?: (() => number) | undefined;
  /** Runs attempts under suspicion. Absent: they run in this process, and may end it. */
  readonly alone?: AloneRuns | undefined;
  /** Runs handlers that are modules. Absent: there can be none. */
  readonly threads?: ThreadPool | undefined;
  /** Deliveries that heartbeats can list. Default 16,384, in 2 MiB for each incarnation. */
  readonly listedMax?: number | undefined;
  /** How long a frame of reports is tried before they go into the next one, in milliseconds. Default: that of `FrameWriter`. */
  readonly giveUpMs?: number | undefined;
}
