export * from './limits.js';
export * from './topics.js';
export * from './task-record.js';
export * from './heartbeat.js';
export * from './control.js';
