export { EmbeddedKafka, type EmbeddedKafkaOptions } from './embedded-kafka.js';
export { EmbeddedKafkaCluster, type EmbeddedKafkaClusterOptions } from './embedded-kafka-cluster.js';
export { EmbeddedPostgres, type EmbeddedPostgresOptions } from './embedded-postgres.js';
export { EmbeddedServerError } from './embedded-server-error.js';
export { FolderLock, FolderLockedError } from './folder-lock.js';
export { freePort, isPortFree } from './free-port.js';
export { findKafkaJars, kafkaVersion } from './kafka-jars.js';
export type { ProcessExit } from './leashed-process.js';
export { ProcessCrew, type CrewCommand, type ProcessCrewOptions } from './process-crew.js';
