export * from './metric.js';
export * from './durations.js';
export * from './tally-by.js';
export * from './append-tally.js';
export * from './snapshot-tally.js';
export { DispatchTally } from './dispatch-tally.js';
export { dispatchMetrics } from './dispatch-metrics.js';
export { projectionMetrics } from './projection-metrics.js';
