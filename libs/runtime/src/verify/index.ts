export * from './cell.js';
export * from './columns.js';
export * from './difference.js';
export * from './projection-reader.js';
export { BucketSums, hashOf } from './bucket-sums.js';
export { canonical, workflowCell } from './told-cells.js';
export { stateDigest } from './state-digest.js';
export type * from './partition-report.js';
export * from './verify-partition.js';
