import type { WorkflowPinned } from '@millrace/domain';
import type { EncodedWorkflow } from '../workflow-record.js';

/** The parts of a version, from `from` to below `to`, as a partition is told of them. */
export function pinnedParts({ version, parts }: EncodedWorkflow, from = 0, to = parts.length): WorkflowPinned[] {
  return parts.slice(from, to).map((body, index) => {
    return { type: 'WorkflowPinned', version, part: from + index, of: parts.length, body };
  });
}
