import { Kafka, logLevel, type Admin } from 'kafkajs';
import type { Journal } from '@millrace/runtime';

export interface KafkaOptions {
  /** `host:port` of brokers to begin with. */
  readonly brokers: readonly string[];
  /** Shows in the broker's logs and metrics. */
  readonly clientId: string;
  readonly journal: Journal;
  /** How long a connection may take. Default 3,000; too small makes a busy broker look dead. */
  readonly connectMsMax?: number;
  /** How long a request may take beyond its own wait. Default 10,000; too large delays noticing a frozen broker. */
  readonly requestMsMax?: number;
}

/** How to reach a cluster. Opens nothing by itself; readers, writers and groups made from it have their own connections. */
export interface KafkaConnection extends Required<KafkaOptions> {
  /** A kafkajs admin client with bounded retries, not connected yet. */
  admin(): Admin;
}

export function connectKafka(options: KafkaOptions): KafkaConnection {
  const connection = { connectMsMax: 3_000, requestMsMax: 10_000, ...options };
  return { ...connection, admin: () => adminOf(connection) };
}

function adminOf({ brokers, clientId, journal, connectMsMax, requestMsMax }: Required<KafkaOptions>): Admin {
  const kafka = new Kafka({
    brokers: [...brokers],
    clientId,
    connectionTimeout: connectMsMax,
    requestTimeout: requestMsMax,
    retry: { retries: 3, initialRetryTime: 200, maxRetryTime: 1_000 },
    logLevel: logLevel.ERROR,
    // kafkajs calls every step of its own retrying an error: what ends a call is thrown, and these are hints.
    logCreator: () => (entry) => journal.warn({ kafka: entry.namespace }, entry.log.message),
  });
  return kafka.admin();
}
