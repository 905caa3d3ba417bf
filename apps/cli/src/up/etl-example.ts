import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { MillraceClient } from '@millrace/client';
import type { RegisterWorkflow, RunDetail } from '@millrace/protocol';
import { parse } from 'yaml';
import { checkout } from '../checkout.js';
import { CommandFailed, exitCodes } from '../output/exit-codes.js';
import type { Terminal } from '../output/terminal.js';
import { watchRun } from './watch-run.js';

const folder = join(checkout, 'examples', '02-etl');

/** What the example did. */
export interface EtlResult {
  readonly workflow: string;
  readonly status: string;
  readonly tasks: number;
  /** Attempts of all task runs. */
  readonly attempts: number;
  readonly durationMs: number;
  /** Rows of the table that the example loads into, counted there. */
  readonly rowsLoaded: number;
}

/** The module with the example's handlers. Throws where the example is not built. */
export function etlHandlers(): string {
  const file = join(folder, 'dist', 'handlers.js');
  if (existsSync(file)) return file;
  throw new CommandFailed(
    `Expected the ETL example at ${file}, but it is not built: run npm run build, or start with --example none.`,
    exitCodes.notFound,
  );
}

/** Registers the example's workflow, runs it and shows how it moves. */
export async function runEtl(
  client: MillraceClient,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<EtlResult & { run: string }> {
  const definition = readWorkflow();
  const { name, version, tasks } = await client.registerWorkflow(definition);
  terminal.line(`  workflow ${terminal.bold(name)} ${terminal.dim(`version ${version.slice(0, 12)}, ${tasks} tasks`)}`);
  const { run } = await client.submitRun({ workflow: name, version });
  terminal.line(`  run ${terminal.bold(run)}`);
  const detail = await watchRun(client, run, terminal, signal);
  return { ...summaryOf(detail, name), run, rowsLoaded: await countRows(client, run, detail.run.status) };
}

function summaryOf({ run, tasks }: RunDetail, workflow: string): Omit<EtlResult, 'rowsLoaded'> {
  return {
    workflow,
    status: run.status,
    tasks: run.taskCount,
    attempts: tasks.reduce((sum, { attempt }) => sum + attempt, 0),
    durationMs: Date.parse(run.endedAt ?? run.requestedAt) - Date.parse(run.requestedAt),
  };
}

function readWorkflow(): RegisterWorkflow {
  const file = ['workflow.json', 'workflow.yaml', 'workflow.yml'].map((name) => join(folder, name)).find(existsSync);
  if (file === undefined)
    throw new CommandFailed(`Expected a workflow file in ${folder}, but found none.`, exitCodes.notFound);
  return parse(readFileSync(file, 'utf8')) as RegisterWorkflow;
}

/** Counted in the table; a run that did not succeed has loaded nothing, and there may be no table. */
async function countRows(client: MillraceClient, run: string, status: string): Promise<number> {
  if (status !== 'succeeded') return 0;
  const { rows } = await client.sql(`SELECT count(*) FROM etl_flights WHERE run = '${run}'`);
  return Number(rows[0]?.[0] ?? 0);
}
