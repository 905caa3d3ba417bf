import { accessSync, constants, readFileSync } from 'node:fs';
import { extname } from 'node:path';
import { validateWorkflow, type WorkflowDefinition } from '@millrace/domain';
import { registerWorkflow } from '@millrace/protocol';
import { reviewConditions } from '@millrace/protocol/conditions';
import { parse } from 'yaml';
import { CommandFailed, exitCodes } from './output/exit-codes.js';
import { fixOf } from './workflow/fault-fix.js';
import { pathOfSteps, stepsOfPath, type Steps } from './workflow/fault-path.js';
import { LinePlaces } from './workflow/line-places.js';
import { TextPlaces, type Place } from './workflow/text-places.js';

/** One thing wrong with a workflow file. */
export interface FileFault {
  /** Such as `tasks[2].handler`; empty for the file as a whole. */
  readonly path: string;
  readonly code: string;
  /** A sentence. */
  readonly message: string;
  /** What to write instead, where that can be said. */
  readonly fix?: string;
  /** From 1; absent where the text has no such place. */
  readonly line?: number;
  /** From 1. */
  readonly column?: number;
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

/** Where steps lead in a text; its `malformedAt` is what makes it unreadable. */
type Places = Pick<TextPlaces, 'of' | 'malformedAt'>;

/** A fault before its place in the text is known. */
interface Found {
  readonly steps: Steps;
  readonly code: string;
  readonly message: string;
}

/** Reads the workflow in a file of this name and finds everything that is wrong with it, without asking anybody. */
export function reviewWorkflow(file: string, text: string): FileReview {
  let value: unknown;
  try {
    value = isLinesFile(file) ? valueOfLines(text) : isJsonFile(file) ? JSON.parse(text) : valueOfYaml(text);
  } catch (cause) {
    return { faults: [malformed(file, text, cause as Error)] };
  }
  const parsed = registerWorkflow.safeParse(value);
  if (!parsed.success) return { faults: placed(file, text, value, parsed.error.issues.flatMap(faultsOfIssue)) };
  const invalid = validateWorkflow(parsed.data);
  const faults = invalid.length > 0 ? invalid : reviewConditions(parsed.data);
  if (faults.length === 0) return { definition: parsed.data, faults: [] };
  const found = faults.map(({ path, code, message }) => ({ steps: stepsOfPath(path), code, message }));
  return { faults: placed(file, text, value, found) };
}

function placesOf(file: string, text: string): Places {
  return isLinesFile(file) ? new LinePlaces(text) : new TextPlaces(text);
}

function placed(file: string, text: string, value: unknown, found: readonly Found[]): FileFault[] {
  const places = placesOf(file, text);
  return found
    .map(({ steps, code, message }) => {
      const fix = fixOf(code, steps, value);
      const place: Place | undefined = places.of(steps, code === 'field-unknown' ? 'key' : 'value');
      return { path: pathOfSteps(steps), code, message, ...(fix !== undefined && { fix }), ...place };
    })
    .sort(byPlace);
}

function byPlace(one: FileFault, other: FileFault): number {
  return (one.line ?? 0) - (other.line ?? 0) || (one.column ?? 0) - (other.column ?? 0);
}

function malformed(file: string, text: string, cause: Error): FileFault {
  const [first = ''] = cause.message.split('\n');
  const isYaml = !isLinesFile(file) && !isJsonFile(file);
  const message = `Expected ${isYaml ? 'YAML' : 'JSON'}, but: ${first.replace(/[.:]$/, '')}.`;
  const place = placesOf(file, text).malformedAt;
  return { path: '', code: isYaml ? 'yaml-malformed' : 'json-malformed', message, ...place };
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
function faultsOfIssue(issue: Issue): Found[] {
  if (issue.code !== 'unrecognized_keys') {
    const message = `Expected a valid value, but: ${issue.message.replace(/^Invalid input: /, '')}.`;
    return [{ steps: issue.path, code: 'value-invalid', message }];
  }
  return issue.keys.map((key) => ({
    steps: [...issue.path, key],
    code: 'field-unknown',
    message: `Expected known fields, but ${key} is none: remove it or correct its name.`,
  }));
}
