export { createClient, type ListRuns, type MillraceClient } from './client.js';
export type { ClientOptions } from './http-caller.js';
export { MillraceError } from './millrace-error.js';
export type { StreamAnswer, StreamItem, StreamOptions } from './submit-stream.js';
export type { TailedEvent, TailOptions } from './tail-run.js';
export type { WaitOptions } from './wait-for-run.js';
export { workflowLines, type LineSource } from './workflow-lines.js';
