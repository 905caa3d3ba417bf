import type { ServiceKind } from './service-kinds.js';

/** A step of the start that is done. */
export interface StepDone {
  readonly title: string;
  readonly detail: string;
  readonly tookMs: number;
}

export interface LocalSystemOptions {
  /** Everything that the system keeps: the servers' data, logs, ports, `system.json`. The same folder is the same system. */
  readonly dataDir: string;
  /** Log partitions, fixed when the folder is used first. Default 8. */
  readonly partitions?: number;
  /** Partitions of each task topic: as many as workers are allowed. Default 16. */
  readonly taskPartitions?: number;
  /** Processes of each kind. Default one of each and two workers. */
  readonly replicas?: Partial<Record<ServiceKind, number>>;
  /** Files of modules with handlers, for the workers. */
  readonly handlers?: readonly string[];
  /** Queues that exist and that the workers serve. Default `default`. */
  readonly queues?: readonly string[];
  /** What topic names begin with. Default `millrace`. */
  readonly prefix?: string;
  /** A Kafka that is there already, instead of our own. */
  readonly brokers?: string | undefined;
  /** A Postgres that is there already, instead of our own. */
  readonly databaseUrl?: string | undefined;
  /** The first ingest's port where it is free, otherwise another. Default 8470; null for any. */
  readonly apiPort?: number | null;
  /** More environment for all services. */
  readonly env?: Readonly<Record<string, string>>;
  /** More of it for the services of one kind. */
  readonly envOf?: Partial<Record<ServiceKind, Readonly<Record<string, string>>>>;
  /** How long each service may take to become ready. Default 60,000. */
  readonly readyMs?: number;
  /** How long a service may take to stop before it is killed. Default 12,000; its drain gets 2,000 less. */
  readonly graceMs?: number;
  /** Told of each step of the start. */
  readonly onStep?: (step: StepDone) => void;
  /** Told in one line what happens to processes. */
  readonly log?: (line: string) => void;
}

export const apiPortDefault = 8470;

/** One of each and two workers. */
export const replicasDefault: Readonly<Record<ServiceKind, number>> = {
  ingest: 1,
  worker: 2,
  dispatcher: 1,
  projector: 1,
  query: 1,
};
