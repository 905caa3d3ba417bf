export * from './violation.js';
export type * from './observation.js';
export type * from './rule.js';
export { FactSink } from './fact-sink.js';
export { LogChecker, type LogCheckerOptions } from './log-checker.js';
export { everyRule } from './rules/index.js';
