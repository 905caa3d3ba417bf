import { setTimeout as sleep } from 'node:timers/promises';
import type { Admin } from 'kafkajs';
import type { TopicPlan } from '@millrace/protocol';
import { LogUnavailable } from '@millrace/runtime';
import type { KafkaConnection } from './connect-kafka.js';
import { KafkaWire } from './kafka-wire.js';
import { readEnds } from './read-bounds.js';
import { faultsOf, type FoundTopic, type TopicFault } from './topic-faults.js';

/** `ConfigResourceTypes.TOPIC`, which kafkajs does not export to ES modules. */
const topicResource = 2;
const leaderPauseMs = 20;
/** A broker that shares two busy cores took over 10 s to lead the partitions of new topics. */
const leadersMsMax = 60_000;

/** One planned topic beside what the cluster has. `faults` is empty where it is as planned. */
export interface TopicReview {
  readonly plan: TopicPlan;
  readonly faults: readonly TopicFault[];
}

/** Fewer brokers are there than each partition is to have copies. */
export class BrokersMissing extends Error {
  override readonly name = 'BrokersMissing';
  constructor(
    readonly replicas: number,
    readonly brokers: number,
  ) {
    super(
      `Expected ${replicas} brokers to keep ${replicas} copies, but ${brokers} are there. Start the others and run it again, or ask for fewer copies.`,
    );
  }
}

/** Compares the cluster's topics with a plan and creates what is missing. Connects for each call and disconnects after. */
export class KafkaTopics {
  constructor(private readonly connection: KafkaConnection) {}

  /** The cluster's id, which goes into lineage. Throws `LogUnavailable`. */
  async clusterId(): Promise<string> {
    return this.withAdmin(async (admin) => (await admin.describeCluster()).clusterId);
  }

  /** Number of brokers, for choosing the replication factor. Throws `LogUnavailable`. */
  async brokerCount(): Promise<number> {
    return this.withAdmin(async (admin) => (await admin.describeCluster()).brokers.length);
  }

  /** What is missing or wrong, topic by topic; changes nothing. Throws `LogUnavailable`. */
  async plan(plans: readonly TopicPlan[]): Promise<TopicReview[]> {
    return this.withAdmin((admin, wire) => review(admin, wire, plans));
  }

  /**
   * Creates the topics that are missing and changes nothing that is there: neither partition counts nor configuration.
   * Gives the review of afterwards. Harmless twice, also at the same time. `replicationFactor` defaults to the smaller of
   * 3 and the number of brokers that are there now; with 3 or more, `min.insync.replicas` is 2. Throws `LogUnavailable`,
   * and `BrokersMissing` where fewer brokers are there than copies are asked for.
   */
  async apply(plans: readonly TopicPlan[], replicationFactor?: number): Promise<TopicReview[]> {
    return this.withAdmin(async (admin, wire) => {
      const missing = (await review(admin, wire, plans)).filter(({ faults }) =>
        faults.some(({ kind }) => kind === 'missing'),
      );
      if (missing.length > 0) {
        const brokers = (await admin.describeCluster()).brokers.length;
        const replicas = replicationFactor ?? Math.min(3, brokers);
        if (replicas > brokers) throw new BrokersMissing(replicas, brokers);
        const insync = replicas >= 3 ? [{ name: 'min.insync.replicas', value: '2' }] : [];
        await admin.createTopics({
          topics: missing.map(({ plan: { topic, partitions, config } }) => ({
            topic,
            numPartitions: partitions,
            replicationFactor: replicas,
            configEntries: [...Object.entries(config).map(([name, value]) => ({ name, value })), ...insync],
          })),
          waitForLeaders: false,
          timeout: this.connection.requestMsMax,
        });
        const born = missing.map(({ plan }) => plan);
        await untilLed(wire, born);
      }
      return review(admin, wire, plans);
    });
  }

  /** For the start of a service. Throws the first `TopicFault`, or `LogUnavailable`. */
  async check(plans: readonly TopicPlan[]): Promise<void> {
    for (const { faults } of await this.plan(plans)) if (faults[0] !== undefined) throw faults[0];
  }

  private async withAdmin<T>(use: (admin: Admin, wire: KafkaWire) => Promise<T>): Promise<T> {
    const admin = this.connection.admin();
    const wire = new KafkaWire(this.connection);
    try {
      await admin.connect();
      return await use(admin, wire);
    } catch (cause) {
      if (cause instanceof BrokersMissing) throw cause;
      const text = cause instanceof Error ? cause.message : String(cause);
      throw new LogUnavailable(`Expected Kafka at ${this.connection.brokers.join(', ')} to answer, but: ${text}`, {
        cause,
      });
    } finally {
      wire.close();
      await admin.disconnect().catch(() => undefined);
    }
  }
}

/**
 * Waits until the leader of every partition answers: for some milliseconds after their birth topics are unknown to brokers,
 * or named in metadata while nobody leads them yet.
 */
async function untilLed(wire: KafkaWire, plans: readonly TopicPlan[]): Promise<void> {
  const all = plans.flatMap(({ topic, partitions }) =>
    Array.from({ length: partitions }, (_, partition) => ({ topic, partition })),
  );
  const deadline = performance.now() + leadersMsMax;
  for (;;) {
    try {
      await readEnds(wire, all);
      return;
    } catch (error) {
      if (performance.now() > deadline) throw error;
      await sleep(leaderPauseMs);
    }
  }
}

async function review(admin: Admin, wire: KafkaWire, plans: readonly TopicPlan[]): Promise<TopicReview[]> {
  const existing = new Set(await admin.listTopics());
  const topics = plans.map(({ topic }) => topic).filter((topic) => existing.has(topic));
  const found = topics.length === 0 ? new Map<string, FoundTopic>() : await describe(admin, wire, topics);
  return plans.map((plan) => ({ plan, faults: faultsOf(plan, found.get(plan.topic)) }));
}

async function describe(admin: Admin, wire: KafkaWire, topics: readonly string[]): Promise<Map<string, FoundTopic>> {
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: topics.map((name) => ({ type: topicResource, name })),
  });
  const found = new Map<string, FoundTopic>();
  for (const { resourceName, configEntries } of resources) {
    const config = new Map(configEntries.map(({ configName, configValue }) => [configName, configValue]));
    found.set(resourceName, { partitions: await wire.partitionCountOf(resourceName), config });
  }
  return found;
}
