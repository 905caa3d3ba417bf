/**
 * Ids are opaque strings to users. A run id begins with the partition its run lives in (four hex digits) followed by 128
 * random bits (32 hex digits), so nobody has to look a partition up.
 */
export type RunId = string;
/** Hex SHA-256 of a workflow definition's canonical JSON. */
export type WorkflowVersion = string;
/** One incarnation of a worker process: new at each start. */
export type WorkerId = string;
/** Index of a node in its workflow; with the run id it names a task run. */
export type TaskIndex = number;
/** Milliseconds since 1970-01-01T00:00:00Z, an integer. */
export type Instant = number;

const runIdPattern = /^[0-9a-f]{36}$/;

export function isRunId(text: unknown): text is RunId {
  return typeof text === 'string' && runIdPattern.test(text);
}

/** The partition a run lives in. `run` must be a well-formed run id (`isRunId`). */
export function partitionOfRun(run: RunId): number {
  return Number.parseInt(run.slice(0, 4), 16);
}

/** `random` is 32 hex digits of chance, which arrives as data. */
export function runIdOf(partition: number, random: string): RunId {
  return partition.toString(16).padStart(4, '0') + random;
}

export const queueNamePattern = /^[a-z0-9][a-z0-9-]{0,62}$/;
export const handlerNamePattern = /^[A-Za-z0-9._-]{1,128}$/;
