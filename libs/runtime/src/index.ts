export * from './ports.js';
export * from './frame-writer.js';
export * from './log-writer.js';
export * from './births.js';
