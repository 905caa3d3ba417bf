export { createClient } from './client.js';
export type { ListQuarantine, ListRuns, ListTaskRuns, ListWorkflows, Page } from './filters.js';
export {
  resultOf,
  runFor,
  taskFor,
  type RunArguments,
  type TaskArguments,
  type TypedRun,
  type TypedTask,
} from './contracts.js';
export {
  ContractRefused,
  defineTask,
  defineWorkflow,
  isTaskContract,
  type HandlerInputOf,
  type InputOf,
  type ResultOf,
  workflowContract,
  WorkflowFlow,
  type FlowTaskOptions,
  type ParentOf,
  type StandardSchema,
  type TaskContract,
  type TaskContractOptions,
  type TaskDefaults,
  type WorkflowContract,
  type WorkflowContractOptions,
  type WorkflowDefaults,
} from '@millrace/protocol';
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
