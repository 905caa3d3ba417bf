import { readFileSync } from 'node:fs';
import { extname } from 'node:path';
import { validateWorkflow, type WorkflowDefinition } from '@millrace/domain';
import { registerWorkflow } from '@millrace/protocol';
import { reviewConditions } from '@millrace/protocol/conditions';
import { parse } from 'yaml';
import { CommandFailed, exitCodes } from './output/exit-codes.js';

/** One thing wrong with a workflow file, as `tasks[2].handler` and a sentence. */
export interface FileFault {
  readonly path: string;
  readonly code: string;
  readonly message: string;
}

export type FileReview =
  | { readonly definition: WorkflowDefinition; readonly faults: readonly [] }
  | { readonly definition?: undefined; readonly faults: readonly FileFault[] };

const aliasesMax = 100;

/** The text of a file. Throws where there is none. */
export function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    const isGone = (cause as NodeJS.ErrnoException).code === 'ENOENT';
    const reason = isGone ? 'there is none' : (cause as Error).message;
    const code = isGone ? exitCodes.notFound : exitCodes.failed;
    throw new CommandFailed(`Expected a file at ${file}, but ${reason}.`, code, { cause });
  }
}

/** Is it JSON by its name? Everything else is read as YAML. */
export function isJsonFile(file: string): boolean {
  return extname(file).toLowerCase() === '.json';
}

/** Reads a workflow and finds everything that is wrong with it, without asking anybody. */
export function reviewWorkflow(text: string, isJson: boolean): FileReview {
  let value: unknown;
  try {
    value = isJson ? JSON.parse(text) : parse(text, { schema: 'core', maxAliasCount: aliasesMax, stringKeys: true });
  } catch (cause) {
    const [first = ''] = (cause as Error).message.split('\n');
    const message = `Expected ${isJson ? 'JSON' : 'YAML'}, but: ${first.replace(/[.:]$/, '')}.`;
    return { faults: [{ path: '', code: isJson ? 'json-malformed' : 'yaml-malformed', message }] };
  }
  const parsed = registerWorkflow.safeParse(value);
  if (!parsed.success) {
    return { faults: parsed.error.issues.flatMap(faultsOfIssue) };
  }
  const invalid = validateWorkflow(parsed.data);
  const faults = invalid.length > 0 ? invalid : reviewConditions(parsed.data);
  return faults.length > 0 ? { faults } : { definition: parsed.data, faults: [] };
}

type Issue = NonNullable<ReturnType<typeof registerWorkflow.safeParse>['error']>['issues'][number];

/** With the codes that the service answers with. */
function faultsOfIssue(issue: Issue): FileFault[] {
  if (issue.code !== 'unrecognized_keys') {
    const message = `Expected a valid value, but: ${issue.message.replace(/^Invalid input: /, '')}.`;
    return [{ path: pathText(issue.path), code: 'value-invalid', message }];
  }
  return issue.keys.map((key) => ({
    path: pathText([...issue.path, key]),
    code: 'field-unknown',
    message: `Expected known fields, but ${key} is none: remove it or correct its name.`,
  }));
}

function pathText(path: readonly PropertyKey[]): string {
  return path
    .map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`))
    .join('')
    .replace(/^\./, '');
}
