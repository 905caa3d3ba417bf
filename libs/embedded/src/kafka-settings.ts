import { replicasOf, type KafkaSeat } from './kafka-seat.js';

/** One more port of a broker, for those who reach it by another: a proxy, say, that stands before it. */
export interface KafkaDoor {
  readonly port: number;
  /** What those who come in here are told to connect to. */
  readonly advertisedPort: number;
}

export interface ServerSettings extends KafkaSeat {
  /** Where it keeps its data. */
  readonly folder: string;
  readonly doors?: readonly KafkaDoor[];
}

/**
 * server.properties of a broker that is a controller, too. Chosen for one machine: few threads, small files, quick to notice that its
 * former self was killed.
 */
export function serverProperties({ folder, doors = [], ...seat }: ServerSettings): string {
  const { nodeId, port, controllerPort, voters } = seat;
  const more = doors.map((door, index) => ({ name: `DOOR${index + 1}`, ...door }));
  return Object.entries({
    'process.roles': 'broker,controller',
    'node.id': nodeId,
    'controller.quorum.voters': voters.map((each) => `${each.nodeId}@127.0.0.1:${each.controllerPort}`).join(','),
    'controller.listener.names': 'CONTROLLER',
    listeners: [
      `PLAINTEXT://127.0.0.1:${port}`,
      `CONTROLLER://127.0.0.1:${controllerPort}`,
      ...more.map((door) => `${door.name}://127.0.0.1:${door.port}`),
    ].join(','),
    'advertised.listeners': [
      `PLAINTEXT://127.0.0.1:${port}`,
      ...more.map((door) => `${door.name}://127.0.0.1:${door.advertisedPort}`),
    ].join(','),
    'listener.security.protocol.map': ['PLAINTEXT', 'CONTROLLER', ...more.map(({ name }) => name)]
      .map((name) => `${name}:PLAINTEXT`)
      .join(','),
    'log.dirs': folder,
    ...whenKilled,
    ...small,
    ...replicated(replicasOf(seat)),
    'auto.create.topics.enable': false,
    'group.initial.rebalance.delay.ms': 0,
    'group.min.session.timeout.ms': 1_000,
    'message.max.bytes': messageBytesMax,
    'replica.fetch.max.bytes': messageBytesMax,
  })
    .map(([key, value]) => `${key}=${value}\n`)
    .join('');
}

/** 2 MiB: a frame of the log may reach 1 MiB, and its batch adds headers. A topic's own `max.message.bytes` is the real limit. */
const messageBytesMax = 2 * 1024 * 1024;

/** A restart after kill -9 waits until the old session is over: 4 to 7 seconds with these, 11 to 14 with the defaults. */
const whenKilled = { 'broker.session.timeout.ms': 2_000, 'broker.heartbeat.interval.ms': 500 };

/** The cleaner's buffer alone is 128 MiB by default, more than a heap of 256 MiB has to spare. Index files are sparse, yet backups are not. */
const small = {
  'num.network.threads': 2,
  'num.io.threads': 4,
  'background.threads': 2,
  'log.segment.bytes': 64 * 1024 * 1024,
  'log.index.size.max.bytes': 1024 * 1024,
  'log.cleaner.dedupe.buffer.size': 8 * 1024 * 1024,
  'log.cleaner.io.buffer.size': 256 * 1024,
  'metadata.log.segment.bytes': 16 * 1024 * 1024,
  'offsets.load.buffer.size': 512 * 1024,
};

/** With three copies two must have what is acknowledged, so that one broker may be missing. */
function replicated(replicas: number): Readonly<Record<string, number>> {
  const insync = Math.max(1, replicas - 1);
  return {
    'default.replication.factor': replicas,
    'min.insync.replicas': insync,
    'offsets.topic.replication.factor': replicas,
    'offsets.topic.num.partitions': 4,
    'transaction.state.log.replication.factor': replicas,
    'transaction.state.log.min.isr': insync,
    'transaction.state.log.num.partitions': 1,
    'share.coordinator.state.topic.replication.factor': replicas,
    'share.coordinator.state.topic.min.isr': insync,
    'share.coordinator.state.topic.num.partitions': 1,
  };
}
