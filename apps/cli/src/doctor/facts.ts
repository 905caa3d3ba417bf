import type { PartitionBorn } from '@millrace/domain';
import type { ClusterFacts, GroupLag, TopicReview } from '@millrace/kafka';
import type { DatabaseFacts, MigrationStatus } from '@millrace/postgres';
import type { ProjectionPosition } from '@millrace/runtime';
import type { HeardHeartbeats } from './read-heartbeats.js';
import type { Readiness } from './read-readiness.js';

/** Where the system is. Each gives its address, or throws a sentence that says how to name it. */
export interface Places {
  readonly brokers: () => string;
  readonly databaseUrl: () => string;
  /** Addresses of services, the API first. */
  readonly serviceUrls: () => readonly string[];
  readonly prefix: string;
  /** Folder of the system that runs here, where it is that one. */
  readonly dataDir: string | undefined;
}

export interface LogFacts {
  readonly births: readonly (PartitionBorn | undefined)[];
  readonly bounds: readonly { readonly start: number; readonly end: number }[];
}

/** What is asked once and used by several checks. Nothing is asked before a check needs it; a failure is thrown to each of them. */
export interface Facts {
  readonly places: Pick<Places, 'prefix' | 'dataDir'>;
  cluster(): Promise<ClusterFacts>;
  /** As many partitions and queues as there are. */
  topicReviews(): Promise<readonly TopicReview[]>;
  log(): Promise<LogFacts>;
  heartbeats(): Promise<HeardHeartbeats>;
  /** What workers have not settled, by task topic. */
  workerLag(): Promise<readonly GroupLag[]>;
  database(): Promise<DatabaseFacts>;
  migrations(): Promise<MigrationStatus>;
  positions(): Promise<readonly ProjectionPosition[]>;
  /** Of each service whose address is known. */
  readiness(): Promise<readonly Readiness[]>;
}
