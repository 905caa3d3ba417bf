import { accessSync, constants, readFileSync } from 'node:fs';
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
  return reading(file, () => readFileSync(file, 'utf8'));
}

/** Throws where there is no file that can be read. */
export function assertFile(file: string): void {
  reading(file, () => accessSync(file, constants.R_OK));
}

function reading<T>(file: string, read: () => T): T {
  try {
    return read();
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

/** Is it NDJSON by its name: a first line `{"name": ...}`, then a task a line? It is sent as a stream, however long it is. */
export function isLinesFile(file: string): boolean {
  return ['.ndjson', '.jsonl'].includes(extname(file).toLowerCase());
}

/** Reads the workflow in a file of this name and finds everything that is wrong with it, without asking anybody. */
export function reviewWorkflow(file: string, text: string): FileReview {
  let value: unknown;
  try {
    value = isLinesFile(file) ? valueOfLines(text) : isJsonFile(file) ? JSON.parse(text) : valueOfYaml(text);
  } catch (cause) {
    const [first = ''] = (cause as Error).message.split('\n');
    const isYaml = !isLinesFile(file) && !isJsonFile(file);
    const message = `Expected ${isYaml ? 'YAML' : 'JSON'}, but: ${first.replace(/[.:]$/, '')}.`;
    return { faults: [{ path: '', code: isYaml ? 'yaml-malformed' : 'json-malformed', message }] };
  }
  const parsed = registerWorkflow.safeParse(value);
  if (!parsed.success) {
    return { faults: parsed.error.issues.flatMap(faultsOfIssue) };
  }
  const invalid = validateWorkflow(parsed.data);
  const faults = invalid.length > 0 ? invalid : reviewConditions(parsed.data);
  return faults.length > 0 ? { faults } : { definition: parsed.data, faults: [] };
}

function valueOfYaml(text: string): unknown {
  return parse(text, { schema: 'core', maxAliasCount: aliasesMax, stringKeys: true });
}

/** Throws with the number of the line that is no JSON. */
function valueOfLines(text: string): unknown {
  const values = text.split('\n').flatMap((line, index): unknown[] => {
    if (line.trim() === '') return [];
    try {
      return [JSON.parse(line)];
    } catch (cause) {
      throw new Error(`line ${index + 1}: ${(cause as Error).message}`, { cause });
    }
  });
  const { tasks: _, ...head } = (values[0] ?? {}) as Record<string, unknown>;
  return { ...head, tasks: values.slice(1) };
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
