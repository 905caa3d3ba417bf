import { LogUnavailable } from '@millrace/runtime';
import type { KafkaConnection } from './connect-kafka.js';
import { kafkaErrorCodes } from './kafka-error-codes.js';
import { KafkaWire } from './kafka-wire.js';

/** What a cluster says of itself, read without changing anything. */
export interface ClusterFacts {
  readonly clusterId: string;
  /** By id. */
  readonly brokers: readonly { readonly id: number; readonly host: string; readonly port: number }[];
  /** Undefined while there is none. */
  readonly controller: number | undefined;
  /** From asking to the answer, the median of some. */
  readonly latencyMs: number;
  /** Versions of the request Fetch that the broker takes: what a client can tell of its age. */
  readonly fetchVersions: { readonly min: number; readonly max: number };
  /** Folders with the logs of the broker that answered. */
  readonly logDirs: readonly string[];
  /** Those whose names begin with the prefix. */
  readonly topics: readonly TopicFacts[];
}

export interface TopicFacts {
  readonly topic: string;
  readonly partitions: readonly {
    readonly partition: number;
    /** Undefined while it has none. */
    readonly leader: number | undefined;
    readonly replicas: number;
    readonly insync: number;
  }[];
}

interface Metadata {
  readonly clusterId: string;
  readonly controllerId: number;
  readonly brokers: readonly { nodeId: number; host: string; port: number }[];
  readonly topicMetadata: readonly {
    topic: string;
    topicErrorCode: number;
    partitionMetadata: readonly { partitionId: number; leader: number; replicas: number[]; isr: number[] }[];
  }[];
}
interface Configs {
  readonly resources: readonly { configEntries: readonly { configName: string; configValue: string | null }[] }[];
}

const brokerResource = 4;
const fetchKey = 1;
const asks = 5;

/** Asks the first broker that answers. Holds its connections only meanwhile. Throws `LogUnavailable`. */
export async function inspectCluster(connection: KafkaConnection, topicPrefix: string): Promise<ClusterFacts> {
  const wire = new KafkaWire(connection);
  try {
    return await wire.anyBroker(async (link) => {
      const { apiVersions } = await link.send<{
        apiVersions: readonly { apiKey: number; minVersion: number; maxVersion: number }[];
      }>('ApiVersions', {});
      const fetch = apiVersions.find(({ apiKey }) => apiKey === fetchKey);
      if (fetch === undefined) throw new LogUnavailable('Expected a broker of Kafka, but what answers cannot fetch.');
      const tookMs: number[] = [];
      for (let ask = 0; ask < asks; ask++) {
        const startedAt = performance.now();
        await link.send('ApiVersions', {});
        tookMs.push(performance.now() - startedAt);
      }
      const metadata = await link.send<Metadata>('Metadata', { topics: [], allowAutoTopicCreation: false });
      return {
        clusterId: metadata.clusterId,
        brokers: metadata.brokers
          .map(({ nodeId, host, port }) => ({ id: nodeId, host, port }))
          .sort((one, other) => one.id - other.id),
        controller: metadata.controllerId < 0 ? undefined : metadata.controllerId,
        latencyMs: tookMs.sort((one, other) => one - other)[Math.floor(asks / 2)]!,
        fetchVersions: { min: fetch.minVersion, max: fetch.maxVersion },
        logDirs: await logDirsOf(link, metadata.brokers[0]?.nodeId ?? 0),
        topics: topicsIn(metadata, topicPrefix),
      };
    });
  } finally {
    wire.close();
  }
}

function topicsIn({ topicMetadata }: Metadata, prefix: string): TopicFacts[] {
  return topicMetadata
    .filter(({ topic, topicErrorCode }) => topic.startsWith(prefix) && topicErrorCode === kafkaErrorCodes.none)
    .map(({ topic, partitionMetadata }) => ({
      topic,
      partitions: partitionMetadata
        .map(({ partitionId, leader, replicas, isr }) => ({
          ...{ partition: partitionId, leader: leader < 0 ? undefined : leader },
          ...{ replicas: replicas.length, insync: isr.length },
        }))
        .sort((one, other) => one.partition - other.partition),
    }))
    .sort((one, other) => (one.topic < other.topic ? -1 : 1));
}

/** Nothing where the broker does not tell everybody. */
async function logDirsOf(link: { send<T>(api: 'DescribeConfigs', args: object): Promise<T> }, broker: number) {
  const resources = [{ type: brokerResource, name: String(broker), configNames: ['log.dirs', 'log.dir'] }];
  const answer = await link.send<Configs>('DescribeConfigs', { resources, includeSynonyms: false });
  const entries = answer.resources.flatMap(({ configEntries }) => configEntries);
  const valueOf = (name: string): string | null | undefined =>
    entries.find(({ configName }) => configName === name)?.configValue;
  return (valueOf('log.dirs') || valueOf('log.dir') || '').split(',').filter(Boolean);
}
