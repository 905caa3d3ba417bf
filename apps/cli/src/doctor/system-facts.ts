import type { PartitionBorn } from '@millrace/domain';
import { groupLag, inspectCluster, KafkaRecordReader, KafkaTopics } from '@millrace/kafka';
import type { ClusterFacts, GroupLag, TopicReview } from '@millrace/kafka';
import { inspectDatabase, migrationStatus, PgProjectionReader } from '@millrace/postgres';
import type { DatabaseFacts, MigrationStatus } from '@millrace/postgres';
import { bandNamesHighestFirst, planTopics, topicsOf } from '@millrace/protocol';
import { readBirth, type ProjectionPosition } from '@millrace/runtime';
import { connectQuickly } from './connect-quickly.js';
import type { Facts, LogFacts, Places } from './facts.js';
import { readHeartbeats, type HeardHeartbeats } from './read-heartbeats.js';
import { readReadiness, type Readiness } from './read-readiness.js';

/** Of a call; what takes longer is down for all that the doctor knows. */
const connectMsMax = 2_000;
const answerMsMax = 4_000;

/** The facts of a system, read without changing anything. */
export class SystemFacts implements Facts {
  readonly #kept = new Map<string, Promise<unknown>>();

  constructor(readonly places: Places) {}

  cluster(): Promise<ClusterFacts> {
    return this.#once('cluster', () => inspectCluster(this.#kafka(), `${this.places.prefix}.`));
  }

  topicReviews(): Promise<TopicReview[]> {
    return this.#once('topics', async () => {
      const { topics } = await this.cluster();
      const count = (topic: string): number | undefined =>
        topics.find((each) => each.topic === topic)?.partitions.length;
      const { log } = topicsOf(this.places.prefix);
      const logPartitions = (await this.log().catch(() => undefined))?.births[0]?.partitions ?? count(log) ?? 8;
      const queues = this.queuesIn(topics.map(({ topic }) => topic));
      const plan = (queue: string): ReturnType<typeof planTopics> => {
        const counts = bandNamesHighestFirst.map((band) => count(topicsOf(this.places.prefix).tasks(queue, band)) ?? 0);
        const taskPartitions = Math.max(...counts) || 16;
        return planTopics({ prefix: this.places.prefix, logPartitions, taskPartitions, queues: [queue] });
      };
      const plans = (queues.length === 0 ? ['default'] : queues).flatMap(plan);
      const distinct = [...new Map(plans.map((each) => [each.topic, each])).values()];
      return new KafkaTopics(this.#kafka()).plan(distinct);
    });
  }

  log(): Promise<LogFacts> {
    return this.#once('log', async () => {
      const { topics } = await this.cluster();
      const { log: topic } = topicsOf(this.places.prefix);
      const partitions = topics.find((each) => each.topic === topic)?.partitions.length ?? 0;
      const reader = new KafkaRecordReader(this.#kafka());
      try {
        const births: (PartitionBorn | undefined)[] = [];
        const bounds: { start: number; end: number }[] = [];
        for (let partition = 0; partition < partitions; partition++) {
          births.push(await readBirth(reader, topic, partition));
          bounds.push(await reader.bounds(topic, partition));
        }
        return { births, bounds };
      } finally {
        void reader.close();
      }
    });
  }

  heartbeats(): Promise<HeardHeartbeats> {
    return this.#once('heartbeats', async () => {
      await this.cluster();
      return readHeartbeats(new KafkaRecordReader(this.#kafka()), topicsOf(this.places.prefix).workers);
    });
  }

  workerLag(): Promise<GroupLag[]> {
    return this.#once('workers', async () => {
      const { topics } = await this.cluster();
      const tasks = topics
        .filter(({ topic }) => topic.startsWith(`${this.places.prefix}.tasks.`))
        .map(({ topic, partitions }) => ({ topic, partitions: partitions.length }));
      return tasks.length === 0 ? [] : groupLag(this.#kafka(), `${this.places.prefix}.workers`, tasks);
    });
  }

  database(): Promise<DatabaseFacts> {
    return this.#once('database', () => inspectDatabase(this.places.databaseUrl(), { connectMsMax, answerMsMax }));
  }

  migrations(): Promise<MigrationStatus> {
    return this.#once('migrations', async () => {
      await this.database();
      return migrationStatus(this.places.databaseUrl(), { waitMsMax: 0 });
    });
  }

  positions(): Promise<ProjectionPosition[]> {
    return this.#once('positions', async () => {
      await this.database();
      const reader = new PgProjectionReader(this.places.databaseUrl());
      try {
        return await reader.positions();
      } finally {
        void reader.close();
      }
    });
  }

  readiness(): Promise<Readiness[]> {
    return this.#once('readiness', () => readReadiness(this.places.serviceUrls()));
  }

  /** Names of queues that have task topics. */
  queuesIn(topics: readonly string[]): string[] {
    const begin = `${this.places.prefix}.tasks.`;
    const tasks = topics.filter((topic) => topic.startsWith(begin)).map((topic) => topic.slice(begin.length));
    return [...new Set(tasks.map((topic) => topic.slice(0, topic.lastIndexOf('.'))))].sort();
  }

  #kafka(): ReturnType<typeof connectQuickly> {
    return connectQuickly(this.places.brokers(), connectMsMax, answerMsMax);
  }

  #once<T>(name: string, ask: () => Promise<T>): Promise<T> {
    const known = this.#kept.get(name) as Promise<T> | undefined;
    if (known !== undefined) return known;
    const asked = Promise.resolve().then(ask);
    asked.catch(() => undefined);
    this.#kept.set(name, asked);
    return asked;
  }
}
