import type { Dag } from '../dag/dag.js';
import type { PartitionBorn } from '../event/event.js';
import type { Instant, RunId, WorkflowVersion } from '../ids.js';
import { ReadyQueue } from '../queue/ready-queue.js';
import type { Run } from '../run/run.js';
import type { Gap } from './gap.js';
import type { Pinning } from './pinning.js';
import { RequestKeys } from './request-keys.js';
import { Timers } from './timers.js';
import { Workers } from './workers.js';
import { WritersSeen } from './writers-seen.js';

/** Everything that the fold of one partition knows. The fold owns it and changes it in place; everybody else reads. */
export class PartitionState {
  birth: PartitionBorn | undefined;
  /** Rules in force; 1 before the birth. */
  rules = 1;
  /** Of the last accepted claim; 0 before the first. */
  epoch = 0;
  /** Nonce of the last accepted claim. */
  ownerNonce: string | undefined;
  /** Partition time: never goes back. */
  time: Instant = 0;
  /** Next offset that the fold waits for. */
  position = 0;
  /** Rolling hash of the records below `position`: see `rollHash`. Whoever reads the log keeps it, since it has the bytes. */
  hash = 0;
  /** Offsets that are lost for good and were passed over, in order. Never changed in place. */
  gaps: readonly Gap[] = [];
  readonly writers = new WritersSeen();
  readonly workflows = new Map<WorkflowVersion, Dag>();
  readonly pinning = new Map<WorkflowVersion, Pinning>();
  /** Runs that have not ended. */
  readonly runs = new Map<RunId, Run>();
  /** Those that have something to be swept, in the order in which they were marked. */
  readonly sweeping = new Set<Run>();
  /** Idempotency keys that are taken. */
  readonly keys = new RequestKeys();
  readonly ready = new ReadyQueue();
  readonly timers = new Timers();
  readonly workers = new Workers();
  /** Accounts since birth: entries = accepted + rejected + quarantined. */
  accepted = 0;
  rejected = 0;
  quarantined = 0;
}
