import type { RunView } from '../api/read.js';
import type { CommandAnswer } from '../api/write.js';
import type { CommandVerdict } from '../control.js';
import { ServiceProblem } from './service-problem.js';

/** How reads say that a run stands; `unknown`: there is none, `unsaid`: they do not say. */
export type RunStanding = RunView['status'] | 'unknown' | 'unsaid';

/** Rejections of a command that asks for what is there already. */
const unchanged: ReadonlySet<string | undefined> = new Set(['already-paused', 'not-paused']);

/**
 * What a command is answered of which `verdict` became; undefined where none came in time. `standing` is how reads say that its run
 * stands, asked only where no running run has that id. Throws a `ServiceProblem`: 404 for a run or a task that is not there, 409 for
 * a run that has ended.
 */
export async function commandOutcome(
  isCancel: boolean,
  run: string,
  verdict: CommandVerdict | undefined,
  standing: () => Promise<RunStanding>,
): Promise<NonNullable<CommandAnswer['verdict']>> {
  if (verdict === undefined) return 'pending';
  if (verdict.outcome === 'accepted') return 'accepted';
  if (unchanged.has(verdict.reason)) return 'unchanged';
  if (verdict.reason === 'task-unknown') {
    const detail = `Expected a task of run ${run}, but it has none with this index. See them: GET /v1/runs/${run}/tasks.`;
    throw new ServiceProblem({ status: 404, code: 'task-unknown', detail });
  }
  if (verdict.reason !== 'run-unknown') throw rejected(verdict.reason ?? 'unknown');
  const stands = await standing();
  if (stands === 'unknown') {
    const detail = `Expected run ${run} to be there, but it was never requested. See which are: GET /v1/runs.`;
    throw new ServiceProblem({ status: 404, code: 'run-unknown', detail });
  }
  // It runs for nobody, so what reads say is from before its end.
  if (stands === 'unsaid' || stands === 'running') throw notRunning(run);
  if (isCancel && stands === 'cancelled') return 'unchanged';
  throw ended(run, stands);
}

function ended(run: string, status: string): ServiceProblem {
  const detail = `Expected a run that goes on, but ${run} had ended: ${status}. Nothing was changed. Submit it again to run it anew.`;
  return new ServiceProblem({ status: 409, code: 'run-ended', detail });
}

function notRunning(run: string): ServiceProblem {
  const detail =
    `Expected a run that goes on, but ${run} has ended or was never requested, and reads do not say now which. ` +
    `Nothing was changed. Ask later: GET /v1/runs/${run}.`;
  return new ServiceProblem({ status: 409, code: 'run-not-running', detail });
}

function rejected(reason: string): ServiceProblem {
  const detail = `Expected the command to take effect, but its log partition rejected it: ${reason}. Look at the run before you send it again.`;
  return new ServiceProblem({ status: 409, code: 'command-rejected', detail });
}
