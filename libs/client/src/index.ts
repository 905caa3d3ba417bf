export { createClient } from './client.js';
export type { ListQuarantine, ListRuns, ListTaskRuns, ListWorkflows, Page } from './filters.js';
export type { ClientOptions } from './http-transport.js';
export {
  MillraceError,
  type ClientErrorCode,
  type MillraceErrorCode,
  type MillraceErrorOptions,
} from './millrace-error.js';
export type { MillraceClient, SubmitOptions } from './millrace-client.js';
export type { StreamAnswer, StreamItem, StreamOptions } from './submit-stream.js';
export type { TailedEvent, TailOptions } from './tail-run.js';
export type { WaitOptions } from './wait-for-run.js';
export { workflowLines, type LineSource } from './workflow-lines.js';
