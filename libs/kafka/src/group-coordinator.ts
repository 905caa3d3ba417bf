import { LogUnavailable } from '@millrace/runtime';
import type { Assignment } from './group-protocol.js';
import { kafkaErrorCodes as codes } from './kafka-error-codes.js';
import { kafkaErrorText, type Api } from './kafkajs-internals.js';
import type { KafkaWire } from './kafka-wire.js';
import type { GroupOffset } from './settled-offsets.js';

/** Who commits: the group takes offsets only from members of the generation in force. */
export interface GroupIdentity {
  readonly memberId: string;
  readonly generation: number;
}

const moved: ReadonlySet<number> = new Set([
  codes.coordinatorLoading,
  codes.coordinatorUnavailable,
  codes.notCoordinator,
]);

/** The broker that keeps one group. It is looked for again after every failure and whenever it says that it moved. */
export class GroupCoordinator {
  private node: number | undefined;

  constructor(
    private readonly wire: KafkaWire,
    private readonly groupId: string,
  ) {}

  /** Error codes are left in the answer. Throws `LogUnavailable`. */
  async ask<T>(lane: string, api: Api, request: object, waitMs = 0): Promise<T> {
    this.node ??= await this.find();
    try {
      return await this.wire.link(this.node, lane).send<T>(api, { groupId: this.groupId, ...request }, waitMs);
    } catch (error) {
      this.node = undefined;
      throw error;
    }
  }

  /** False when the group did not take them: they will be read again. Throws `LogUnavailable`. */
  async commit({ memberId, generation }: GroupIdentity, offsets: Iterable<GroupOffset>): Promise<boolean> {
    const byTopic = Map.groupBy(offsets, ([topic]) => topic);
    const topics = [...byTopic].map(([topic, of]) => ({
      topic,
      partitions: of.map(([, partition, offset]) => ({ partition, offset })),
    }));
    const request = { groupGenerationId: generation, memberId, topics };
    const answer = await this.ask<{ responses: { partitions: { errorCode: number }[] }[] }>(
      'commit',
      'OffsetCommit',
      request,
    );
    const failure = answer.responses.flatMap(({ partitions }) => partitions).find(({ errorCode }) => errorCode !== 0);
    if (failure !== undefined && moved.has(failure.errorCode)) this.throwFailure('OffsetCommit', failure.errorCode);
    return failure === undefined;
  }

  /** Committed offsets by `topic/partition`; absent where there is none. Throws `LogUnavailable`. */
  async committed(assignment: Assignment): Promise<Map<string, number>> {
    const topics = [...assignment].map(([topic, of]) => ({
      topic,
      partitions: of.map((partition) => ({ partition })),
    }));
    const answer = await this.ask<{
      errorCode: number;
      responses: { topic: string; partitions: { partition: number; offset: string; errorCode: number }[] }[];
    }>('commit', 'OffsetFetch', { topics });
    const offsets = new Map<string, number>();
    this.throwFailure('OffsetFetch', answer.errorCode);
    for (const { topic, partitions } of answer.responses) {
      for (const { partition, offset, errorCode } of partitions) {
        this.throwFailure('OffsetFetch', errorCode);
        if (Number(offset) >= 0) offsets.set(`${topic}/${partition}`, Number(offset));
      }
    }
    return offsets;
  }

  /** Throws `LogUnavailable` for an error code that is not zero. */
  throwFailure(request: string, errorCode: number): void {
    if (errorCode === codes.none) return;
    if (moved.has(errorCode)) this.node = undefined;
    throw new LogUnavailable(
      `Expected ${request} of group ${this.groupId} to succeed, but: ${kafkaErrorText(errorCode)}`,
    );
  }

  private async find(): Promise<number> {
    const request = { groupId: this.groupId, coordinatorType: 0 };
    const { errorCode, coordinator } = await this.wire.anyBroker((link) =>
      link.send<{ errorCode: number; coordinator: { nodeId: number; host: string; port: number } }>(
        'GroupCoordinator',
        request,
      ),
    );
    this.throwFailure('FindCoordinator', errorCode);
    this.wire.addNode(coordinator.nodeId, coordinator.host, coordinator.port);
    return coordinator.nodeId;
  }
}
