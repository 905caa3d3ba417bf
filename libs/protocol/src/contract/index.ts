export {
  ContractRefused,
  defineTask,
  isTaskContract,
  type HandlerInputOf,
  type InputOf,
  type ResultOf,
  type TaskContract,
  type TaskContractOptions,
  type TaskDefaults,
} from './define-task.js';
export { defineWorkflow, WorkflowFlow, type FlowTaskOptions, type ParentOf } from './define-workflow.js';
export {
  isWorkflowContract,
  workflowContract,
  type WorkflowContract,
  type WorkflowContractOptions,
  type WorkflowDefaults,
} from './workflow-contract.js';
export {
  isSchema,
  issueSentences,
  keysOf,
  type SchemaIssue,
  type SchemaOutcome,
  type StandardSchema,
} from './standard-schema.js';
