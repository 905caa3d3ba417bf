export * from './limits.js';
export * from './topics.js';
export * from './task-record.js';
export * from './heartbeat.js';
export * from './control.js';
export * from './frame/encode-frame.js';
export * from './frame/decode-frame.js';
export { decodeItem } from './frame/decode-item.js';
export { fitsDouble } from './frame/i-json.js';
