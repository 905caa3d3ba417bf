import type { PartitionState } from '@millrace/domain';
import type { FoldSightings } from '../oracles/fold-sightings.ts';
import type { Performances } from '../workload/performances.ts';
import type { QueuePlan } from '../workload/queue-plan.ts';
import type { WoundedLogs } from '../oracles/wounded-logs.ts';
import type { InMemoryPartition } from '@millrace/runtime/testing';
import type { Deploy } from './deploy.ts';
import type { Standings } from './standing.ts';
import type { Chance } from '@millrace/runtime/in-memory';
import type { HintGroup } from '../world/hint-group.ts';
import type { Network } from '../world/network.ts';
import type { Scheduler } from '../world/scheduler.ts';
import type { SimDatabase } from '../world/sim-store.ts';
import type { TaskGroup } from '../world/task-group.ts';

/** What services stand on. */
export interface ServiceWorld extends Network {
  readonly scheduler: Scheduler;
  /** Which of them run newer code. */
  readonly deploy: Deploy;
  /** Writers give a frame up after this; undefined: later than worlds last. */
  readonly giveUpMs: number | undefined;
  readonly database: SimDatabase;
  readonly dispatchers: HintGroup;
  readonly projectors: HintGroup;
  readonly workers: TaskGroup;
  readonly queuePlan: QueuePlan;
  readonly performances: Performances;
  readonly sightings: FoldSightings;
  readonly standings: Standings;
  readonly wounded: WoundedLogs;
  /** Offsets of the log's partition are lost; somebody is going to accept it. */
  readonly gapped: (partition: number, from: number, to: number) => void;
  /** The last records of a topic are gone. */
  readonly cut: (log: InMemoryPartition) => void;
  /** A request for this run was answered. */
  readonly acknowledged: (run: string) => void;
  /** What all of a partition's log means by now. */
  readonly logState: (partition: number) => PartitionState;
  /** Ids, nonces and what handlers do. */
  readonly chance: Chance;
}
