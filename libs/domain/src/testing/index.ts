export * from './event-builders.js';
export * from './recording-sink.js';
export * from './given-partition.js';
export * from './digest-of.js';
export { stateMachinePage } from './state-diagram.js';
export { RandomLog, type Draw, type RandomRecord } from './random-log.js';
