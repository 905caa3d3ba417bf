import { connectKafka, type KafkaConnection } from '@millrace/kafka';
import { quietJournal } from '../quiet-journal.js';

/** The cluster for somebody who does not wait long. */
export function connectQuickly(brokers: string, connectMsMax: number, requestMsMax: number): KafkaConnection {
  const options = { clientId: 'millrace-doctor', journal: quietJournal, connectMsMax, requestMsMax };
  return connectKafka({ brokers: brokers.split(','), ...options });
}
