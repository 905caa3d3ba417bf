import type { CancelRequested, PauseRequested, ResumeRequested, RunId } from '@millrace/domain';

const types = { cancel: 'CancelRequested', pause: 'PauseRequested', resume: 'ResumeRequested' } as const;
/** What can be asked of a run that is there. */
export type RunVerb = keyof typeof types;

/** What the log is told for it; `command` names this one request. */
export function runCommandEvent(
  verb: RunVerb,
  run: RunId,
  command: string,
  reason: string | undefined,
): CancelRequested | PauseRequested | ResumeRequested {
  return { type: types[verb], run, command, ...(reason === undefined ? {} : { reason }) };
}
