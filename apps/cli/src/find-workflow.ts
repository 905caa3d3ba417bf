import { validateWorkflow, type WorkflowDefinition } from '@millrace/domain';
import { runList, workflowDetail } from '@millrace/protocol';
import { readApi } from './api-pages.js';
import { CommandFailed, exitCodes } from './output/exit-codes.js';

export interface FoundWorkflow {
  readonly version: string;
  readonly definition: WorkflowDefinition;
}

/**
 * A workflow by its version, the first eight digits of it or more, or by its name: then the version of its newest run.
 * Throws `MillraceError` where there is none, `CommandFailed` where what is there cannot be read.
 */
export async function findWorkflow(apiUrl: string, nameOrVersion: string): Promise<FoundWorkflow> {
  const detail = await readApi(apiUrl, `workflows/${encodeURIComponent(nameOrVersion)}`, workflowDetail);
  const { version, definition } = await chosen(apiUrl, detail.name, detail.versions);
  const found = definition as WorkflowDefinition;
  const [fault] = Array.isArray(found?.tasks) ? validateWorkflow(found) : [{ message: 'it has no tasks' }];
  if (fault === undefined) return { version, definition: found };
  throw new CommandFailed(`Expected a valid workflow in version ${version}, but: ${fault.message}`, exitCodes.failed);
}

type Version = (typeof workflowDetail)['_output']['versions'][number];

async function chosen(apiUrl: string, name: string, versions: readonly Version[]): Promise<Version> {
  if (versions.length === 1) return versions[0]!;
  const { runs } = await readApi(apiUrl, `runs?limit=1&workflow=${encodeURIComponent(name)}`, runList);
  const newest = runs[0]?.version;
  const found = versions.find(({ version }) => version === newest);
  if (found !== undefined) return found;
  if (newest === undefined || newest === null) return versions[0]!;
  const detail = await readApi(apiUrl, `workflows/${newest}`, workflowDetail);
  return detail.versions[0]!;
}
