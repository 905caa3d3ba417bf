export * from './manual-clock.js';
export * from './in-memory-log.js';
export * from './in-memory-partition.js';
export * from './in-memory-record-reader.js';
export * from './quiet-journal.js';
