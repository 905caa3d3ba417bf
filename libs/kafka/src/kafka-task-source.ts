import { bandNamesHighestFirst, topicsOf } from '@millrace/protocol';
import type { KafkaConnection } from './connect-kafka.js';
import { KafkaGroupSource } from './kafka-group-source.js';

export interface TaskSourceOptions {
  /** Of the topics. */
  readonly prefix: string;
  /** At least one. All workers share the group `<prefix>.workers`, whatever queues they serve. */
  readonly queues: readonly string[];
  /** Default 10,000. */
  readonly sessionMs?: number;
  /** Default 500. */
  readonly heartbeatMs?: number;
  /** How long settled offsets are gathered. Default 250; larger means more redelivery after a crash. */
  readonly commitMs?: number;
}

/** Group membership and reading of the task topics of one worker's queues, all bands alike. */
export class KafkaTaskSource extends KafkaGroupSource {
  constructor(connection: KafkaConnection, { prefix, queues, ...times }: TaskSourceOptions) {
    const topicsOfQueue = new Map(
      [...new Set(queues)]
        .sort()
        .map((queue) => [queue, bandNamesHighestFirst.map((band) => topicsOf(prefix).tasks(queue, band))]),
    );
    super(connection, { groupId: `${prefix}.workers`, topicsOfQueue, ...times });
  }
}
