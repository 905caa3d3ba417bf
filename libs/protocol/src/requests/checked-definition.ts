import { validateWorkflow, type WorkflowDefinition } from '@millrace/domain';
import { registerWorkflow } from '../api/write.js';
import { reviewConditions } from '../conditions/index.js';
import { faultsOf, pointer, pointerOf, requestInvalid } from './faults-of.js';
import { measurePayload } from './payload-fault.js';
import { ServiceProblem, type ProblemFault } from './service-problem.js';

/** A body as the definition that it is. Throws a `ServiceProblem`: 400 or 422 with all faults (the first 100). */
export function checkedDefinition(body: unknown): WorkflowDefinition {
  const parsed = registerWorkflow.safeParse(body);
  if (!parsed.success) throw requestInvalid(faultsOf(parsed.error));
  const payloads = parsed.data.tasks.flatMap((task, index) => {
    const { fault } = measurePayload(task.input, pointer(['tasks', index, 'input']));
    return fault === undefined ? [] : [fault];
  });
  if (payloads.length > 0) throw requestInvalid(payloads);
  const invalid = validateWorkflow(parsed.data);
  const found = invalid.length > 0 ? invalid : reviewConditions(parsed.data);
  const faults = found.map(({ code, message, path }): ProblemFault => ({
    code,
    message,
    path: pointerOf(path),
  }));
  if (faults.length === 0) return parsed.data;
  const detail = faults
    .map(({ message }) => message)
    .slice(0, 5)
    .join(' ');
  throw new ServiceProblem({ status: 422, code: 'workflow-invalid', detail, faults });
}
