import { bandDefault, bandNames, type Band, type BandName } from '@millrace/domain';

/** Names and shapes of all topics under one prefix (default `millrace`). */
export interface Topics {
  readonly log: string;
  readonly control: string;
  readonly workers: string;
  readonly workflows: string;
  readonly snapshots: string;
  readonly manifests: string;
  readonly quarantine: string;
  readonly intake: string;
  tasks(queue: string, band: BandName): string;
}

export function topicsOf(prefix: string): Topics {
  return {
    log: `${prefix}.log`,
    control: `${prefix}.control`,
    workers: `${prefix}.workers`,
    workflows: `${prefix}.workflows`,
    snapshots: `${prefix}.snapshots`,
    manifests: `${prefix}.manifests`,
    quarantine: `${prefix}.quarantine`,
    intake: `${prefix}.intake`,
    tasks: (queue, band) => `${prefix}.tasks.${queue}.${band}`,
  };
}

export const bandNamesHighestFirst = Object.keys(bandNames) as BandName[];

/** The band of a task topic, by its name; normal where the name tells none. */
export function bandOfTopic(topic: string): Band {
  const name = topic.slice(topic.lastIndexOf('.') + 1);
  return Object.hasOwn(bandNames, name) ? bandNames[name as BandName] : bandDefault;
}

export interface TopicPlan {
  readonly topic: string;
  readonly partitions: number;
  readonly config: Readonly<Record<string, string>>;
}

export interface TopicPlanOptions {
  readonly prefix: string;
  /** Fixed at birth. Default 8, at most 65,536. */
  readonly logPartitions: number;
  /** As many as workers allowed per queue. Default 16. */
  readonly taskPartitions: number;
  readonly queues: readonly string[];
}

/** Partitions of `millrace.control`; a recipient reads one of them. */
export const controlPartitions = 4;

const dayMs = 24 * 60 * 60 * 1000;

/** What `topics apply` creates and `topics plan` shows: every topic with its partition count and configuration. */
export function planTopics({ prefix, logPartitions, taskPartitions, queues }: TopicPlanOptions): TopicPlan[] {
  const topics = topicsOf(prefix);
  const kept = { 'cleanup.policy': 'delete', 'retention.ms': '-1', 'max.message.bytes': String(1024 * 1024) };
  const appendTime = { 'message.timestamp.type': 'LogAppendTime' };
  const short = { ...kept, 'retention.ms': String(dayMs / 24), 'segment.ms': String(dayMs / 24) };
  return [
    { topic: topics.log, partitions: logPartitions, config: { ...kept, ...appendTime } },
    { topic: topics.control, partitions: controlPartitions, config: { ...short, ...appendTime } },
    { topic: topics.workers, partitions: 1, config: { ...short, ...appendTime } },
    { topic: topics.workflows, partitions: 1, config: kept },
    { topic: topics.snapshots, partitions: logPartitions, config: kept },
    { topic: topics.manifests, partitions: logPartitions, config: kept },
    { topic: topics.quarantine, partitions: logPartitions, config: { ...kept, 'retention.ms': String(30 * dayMs) } },
    { topic: topics.intake, partitions: logPartitions, config: { ...kept, 'retention.ms': String(7 * dayMs) } },
    ...queues.flatMap((queue) =>
      bandNamesHighestFirst.map((band) => ({
        topic: topics.tasks(queue, band),
        partitions: taskPartitions,
        config: { ...kept, ...appendTime, 'retention.ms': String(dayMs) },
      })),
    ),
  ];
}
