/** What is wrong with a workflow, each with its own code and a sentence that names the place. */
export interface WorkflowFault {
  readonly code:
    | 'workflow-empty'
    | 'workflow-too-large'
    | 'workflow-name-bad'
    | 'task-id-bad'
    | 'task-id-duplicate'
    | 'task-depends-on-itself'
    | 'task-parent-unknown'
    | 'task-parent-duplicate'
    | 'task-condition-bad'
    | 'task-conditions-too-large'
    | 'workflow-conditions-too-large'
    | 'task-handler-bad'
    | 'task-queue-bad'
    | 'task-join-without-parents'
    | 'task-join-n-out-of-range'
    | 'workflow-cycle';
  readonly message: string;
  /** Where in the definition, such as `tasks[3].dependsOn[0]`. */
  readonly path: string;
}

export function fault(code: WorkflowFault['code'], path: string, message: string): WorkflowFault {
  return { code, path, message };
}

/** At most 140 characters of what a user wrote. */
export function quote(text: string): string {
  return text.length <= 140 ? `"${text}"` : `"${text.slice(0, 140)}..."`;
}
