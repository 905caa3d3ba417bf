import { topicsOf } from '@millrace/protocol';
import type { KafkaConnection } from './connect-kafka.js';
import { KafkaGroupSource } from './kafka-group-source.js';

/** Membership in the group `<prefix>.intake` of those who take requests from the intake topic, and reading of that topic. */
export class KafkaIntakeSource extends KafkaGroupSource {
  constructor(connection: KafkaConnection, prefix: string) {
    super(connection, {
      groupId: `${prefix}.intake`,
      topicsOfQueue: new Map([['intake', [topicsOf(prefix).intake]]]),
    });
  }
}
