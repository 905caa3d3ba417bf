import type { Command } from 'commander';

/** A command of the first level; what it is made of is read only where it is asked for. */
export interface CommandEntry {
  /** Its name, and its arguments where it has any. */
  readonly usage: string;
  readonly description: string;
  readonly load: () => Promise<(command: Command) => void>;
}

/** The table of contents: every command of `millrace`. */
export const commandEntries: readonly CommandEntry[] = [
  {
    usage: 'up',
    description: 'All of Millrace on this machine: broker, database and services; stays up until Ctrl-C.',
    load: async () => (await import('./up.js')).addUp,
  },
  {
    usage: 'profile',
    description: 'Systems by name: where their API, Kafka and database are.',
    load: async () => (await import('./profile.js')).addProfile,
  },
  {
    usage: 'doctor',
    description:
      'Looks at broker, topics, log, database, services, clocks, disks and lag, and says what to do; changes nothing.',
    load: async () => (await import('./doctor.js')).addDoctor,
  },
  {
    usage: 'topics',
    description: 'The topics that Millrace needs.',
    load: async () => (await import('./topics.js')).addTopics,
  },
  {
    usage: 'migrate',
    description: "Brings the database's tables up to date; the database is DATABASE_URL, else the running system's.",
    load: async () => (await import('./migrate.js')).addMigrate,
  },
  {
    usage: 'workflow',
    description: 'Workflows: JSON, YAML or NDJSON files, registered by content.',
    load: async () => (await import('./workflow.js')).addWorkflow,
  },
  {
    usage: 'run',
    description: 'Runs of workflows and of single tasks.',
    load: async () => (await import('./run.js')).addRun,
  },
  {
    usage: 'task',
    description: 'Single tasks: runs without a workflow.',
    load: async () => (await import('./task.js')).addTask,
  },
  {
    usage: 'worker',
    description: 'The workers that are alive.',
    load: async () => (await import('./worker.js')).addWorker,
  },
  { usage: 'queue', description: 'Queues and their bands.', load: async () => (await import('./queue.js')).addQueue },
  {
    usage: 'sql <query>',
    description: 'One reading statement on the projection: runs, task_runs, task_attempts, ...',
    load: async () => (await import('./sql.js')).addSql,
  },
  {
    usage: 'log',
    description: 'The log itself: the only source of truth.',
    load: async () => (await import('./log.js')).addLog,
  },
  {
    usage: 'partition',
    description: 'The partitions of the log.',
    load: async () => (await import('./partition.js')).addPartition,
  },
  {
    usage: 'quarantine',
    description: 'Bytes of the log that could not be read as an event.',
    load: async () => (await import('./quarantine.js')).addQuarantine,
  },
  {
    usage: 'rules',
    description: 'The rules in force in each partition, what each service knows, and what could be raised.',
    load: async () => (await import('./rules.js')).addRules,
  },
  {
    usage: 'verify',
    description: 'Folds the whole log and proves that Postgres and the snapshots hold what it tells; changes nothing.',
    load: async () => (await import('./verify.js')).addVerify,
  },
  {
    usage: 'check',
    description: 'Judges every record of the log by the invariants, one JSON line for each violation; changes nothing.',
    load: async () => (await import('./check.js')).addCheck,
  },
  {
    usage: 'completion',
    description: 'A script that lets a shell complete commands and flags.',
    load: async () => (await import('./completion.js')).addCompletion,
  },
];
