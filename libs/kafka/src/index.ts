export { connectKafka, type KafkaConnection, type KafkaOptions } from './connect-kafka.js';
export { KafkaRecordReader } from './kafka-record-reader.js';
export { KafkaRecordWriter } from './kafka-record-writer.js';
export * from './kafka-topics.js';
export * from './topic-faults.js';
export { KafkaOwnershipHint, type OwnershipOptions } from './kafka-ownership-hint.js';
export { KafkaTaskSource, type TaskSourceOptions } from './kafka-task-source.js';
export { KafkaRecordTrimmer } from './kafka-record-trimmer.js';
export { kafkaSnapshots, kafkaSnapshotStore, type KafkaSnapshotsOptions } from './kafka-snapshots.js';
