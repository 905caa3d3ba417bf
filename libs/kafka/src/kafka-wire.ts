import { LogUnavailable, TopicMissing } from '@millrace/runtime';
import type { KafkaConnection } from './connect-kafka.js';
import { kafkaErrorCodes } from './kafka-error-codes.js';
import { KafkaLink } from './kafka-link.js';

interface Metadata {
  readonly brokers: readonly { nodeId: number; host: string; port: number }[];
  readonly topicMetadata: readonly {
    topic: string;
    topicErrorCode: number;
    partitionMetadata: readonly { partitionId: number; leader: number }[];
  }[];
}

/** Knows which broker leads which partition, and keeps the links to them: one per broker and lane. */
export class KafkaWire {
  private readonly links = new Map<string, KafkaLink>();
  private readonly addresses = new Map<number, { host: string; port: number }>();
  private readonly leaders = new Map<string, readonly (number | undefined)[]>();
  private closed = false;

  constructor(private readonly connection: KafkaConnection) {}

  /**
   * Node id of a partition's leader; undefined while it has none. Asks once per topic until `forget`.
   * Throws `TopicMissing`, also for a partition that the topic does not have, and `LogUnavailable`.
   */
  async leaderOf(topic: string, partition: number): Promise<number | undefined> {
    const leaders = this.leaders.get(topic) ?? (await this.learn(topic));
    if (partition >= leaders.length) throw new TopicMissing(topic);
    return leaders[partition];
  }

  async partitionCountOf(topic: string): Promise<number> {
    return (this.leaders.get(topic) ?? (await this.learn(topic))).length;
  }

  /** Ask again who leads the partitions of `topic`. */
  forget(topic: string): void {
    this.leaders.delete(topic);
  }

  /** The link to a broker; `lane` separates those who must not wait for each other. Throws `LogUnavailable`. */
  link(nodeId: number, lane: string): KafkaLink {
    const address = this.addresses.get(nodeId);
    if (address === undefined)
      throw new LogUnavailable(`Expected to know the address of broker ${nodeId}, but do not.`);
    return this.linkTo(address, lane);
  }

  /** An address that a broker gave elsewhere than in metadata. */
  addNode(nodeId: number, host: string, port: number): void {
    this.addresses.set(nodeId, { host, port });
  }

  /** Runs `ask` on the first broker that answers. Throws `LogUnavailable` when none does. */
  async anyBroker<T>(ask: (link: KafkaLink) => Promise<T>): Promise<T> {
    let failure: unknown;
    for (const address of this.candidates()) {
      try {
        return await ask(this.linkTo(address, 'ask'));
      } catch (error) {
        if (!(error instanceof LogUnavailable)) throw error;
        failure = error;
      }
    }
    throw failure ?? new LogUnavailable('Expected at least one broker address, but none was given.');
  }

  /** Closes all links; what is under way fails. Tolerates being called twice. */
  close(): void {
    this.closed = true;
    for (const link of this.links.values()) link.destroy();
    this.links.clear();
  }

  private async learn(topic: string): Promise<readonly (number | undefined)[]> {
    const metadata = await this.anyBroker((link) =>
      link.send<Metadata>('Metadata', { topics: [topic], allowAutoTopicCreation: false }),
    );
    for (const { nodeId, host, port } of metadata.brokers) this.addresses.set(nodeId, { host, port });
    const found = metadata.topicMetadata.find((each) => each.topic === topic);
    if (found === undefined || found.topicErrorCode === kafkaErrorCodes.unknownTopicOrPartition) {
      throw new TopicMissing(topic);
    }
    const leaders: (number | undefined)[] = [];
    for (const { partitionId, leader } of found.partitionMetadata)
      leaders[partitionId] = leader < 0 ? undefined : leader;
    this.leaders.set(topic, leaders);
    return leaders;
  }

  private candidates(): { host: string; port: number }[] {
    const seeds = this.connection.brokers.map((broker) => {
      const colon = broker.lastIndexOf(':');
      return { host: broker.slice(0, colon), port: Number(broker.slice(colon + 1)) };
    });
    const all = [...this.addresses.values(), ...seeds];
    const distinct = [...new Map(all.map((each) => [`${each.host}:${each.port}`, each])).values()];
    return distinct.sort((left, right) => Number(this.isOpen(right)) - Number(this.isOpen(left)));
  }

  private isOpen({ host, port }: { host: string; port: number }): boolean {
    return this.links.get(`${host}:${port}/ask`)?.usable === true;
  }

  private linkTo({ host, port }: { host: string; port: number }, lane: string): KafkaLink {
    if (this.closed) throw new LogUnavailable('Expected an open connection to Kafka, but it was closed.');
    const name = `${host}:${port}/${lane}`;
    const known = this.links.get(name);
    if (known?.usable) return known;
    const { clientId, connectMsMax, requestMsMax } = this.connection;
    const link = new KafkaLink({ host, port, clientId, connectMsMax, requestMsMax });
    this.links.set(name, link);
    return link;
  }
}
