import { isRunId, type RunId } from '@millrace/domain';
import { ServiceProblem } from '@millrace/nest-kit';

/** Throws a `ServiceProblem` (400) for what cannot be a run id. */
export function checkedRunId(id: string): RunId {
  if (isRunId(id)) return id;
  const detail = 'Expected a run id as the submit request answered it, but this text is none.';
  throw new ServiceProblem({ status: 400, code: 'run-id-invalid', detail });
}

export function runUnknown(id: string): ServiceProblem {
  const detail = `Expected run ${id} to be there, but it is not shown. If it was just submitted, ask with waitFor.`;
  return new ServiceProblem({ status: 404, code: 'run-unknown', detail });
}
