import { once } from 'node:events';
import { appendFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { createClient } from '@millrace/client';
import { exitCodes, type ExitCode } from '../output/exit-codes.js';
import { formatDuration } from '../output/duration.js';
import { terminalOn, type Terminal } from '../output/terminal.js';
import { etlHandlers, runEtl, type EtlResult } from './etl-example.js';
import { LocalSystem } from './local-system.js';
import { stepLine } from './start-report.js';
import { etlLines, hintLines } from './up-report.js';

export interface UpOptions {
  readonly dataDir: string;
  readonly partitions: number;
  readonly workers: number;
  readonly replicas: number;
  readonly handlers: readonly string[];
  readonly port: number;
  readonly example: 'etl' | 'none';
  readonly once?: boolean;
  readonly output: 'table' | 'json';
}

/** Starts everything, runs the example, stays until it is told to stop, and gives the exit code. */
export async function runUp(options: UpOptions): Promise<ExitCode> {
  const terminal = terminalOn(options.output === 'json' ? process.stderr : process.stdout);
  const startedAt = performance.now();
  const system = systemOf(options, terminal);
  const halt = new AbortController();
  const asked = askedToStop(halt).then(() => {
    terminal.settle();
    terminal.line(terminal.dim('Stops ...'));
    return system.stop();
  });
  try {
    terminal.line(terminal.bold('Millrace starts') + terminal.dim(` in ${shortPath(system.dataDir)}`));
    await system.start();
    terminal.line(
      `${terminal.good('Ready')} after ${formatDuration(performance.now() - startedAt)} at ${terminal.bold(system.apiUrl)}`,
    );
    const result = await runExample(options, system, terminal, halt.signal);
    if (options.once === true) return await finish(system, terminal, result);
    for (const line of hintLines(terminal, system, result?.run)) terminal.line(line);
    if (options.output === 'json') printJson({ apiUrl: system.apiUrl, ...withoutRun(result) });
    await asked;
    return exitCodes.ok;
  } catch (error) {
    if (!halt.signal.aborted) throw error;
    await asked;
    return options.once === true ? exitCodes.failed : exitCodes.ok;
  } finally {
    await system.stop();
    if (halt.signal.aborted) terminal.line(`Stopped. The data stays in ${shortPath(system.dataDir)}.`);
  }
}

function systemOf(options: UpOptions, terminal: Terminal): LocalSystem {
  const { dataDir, partitions, workers, replicas, port } = options;
  const handlers = [...(options.example === 'etl' ? [etlHandlers()] : []), ...options.handlers];
  let logFile: string | undefined;
  const system = new LocalSystem({
    dataDir,
    partitions,
    replicas: { ingest: replicas, dispatcher: replicas, projector: replicas, query: replicas, worker: workers },
    handlers,
    prefix: process.env['MILLRACE_TOPICS_PREFIX'] || 'millrace',
    brokers: process.env['MILLRACE_KAFKA_BROKERS'] || undefined,
    databaseUrl: process.env['DATABASE_URL'] || undefined,
    apiPort: port,
    onStep: (step) => terminal.line(stepLine(terminal, step)),
    log: (line) => {
      logFile ??= join(system.dataDir, 'logs', 'up.log');
      appendFileSync(logFile, `${new Date().toISOString()} ${line}\n`);
      if (line.includes(' ended with ')) terminal.line(terminal.warm(line));
    },
  });
  return system;
}

async function runExample(
  { example }: UpOptions,
  system: LocalSystem,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<(EtlResult & { run: string }) | undefined> {
  if (example === 'none') return undefined;
  terminal.line();
  terminal.line(terminal.bold('The ETL example'));
  const result = await runEtl(createClient({ url: system.apiUrl }), terminal, signal);
  for (const line of etlLines(terminal, result)) terminal.line(line);
  return result;
}

/** The JSON object comes last, after everything has stopped. */
async function finish(
  system: LocalSystem,
  terminal: Terminal,
  result: (EtlResult & { run: string }) | undefined,
): Promise<ExitCode> {
  await system.stop();
  terminal.line(terminal.dim('Everything is stopped.'));
  if (result === undefined) return exitCodes.ok;
  printJson(withoutRun(result));
  return result.status === 'succeeded' ? exitCodes.ok : exitCodes.runFailed;
}

function withoutRun(result: (EtlResult & { run: string }) | undefined): EtlResult | undefined {
  if (result === undefined) return undefined;
  const { run: _run, ...rest } = result;
  return rest;
}

function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}

/** Aborts at the first SIGINT, SIGTERM or SIGHUP and resolves then; later ones change nothing. */
async function askedToStop(halt: AbortController): Promise<void> {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => halt.abort(new Error(`Expected to go on, but got ${signal}.`)));
  }
  if (!halt.signal.aborted) await once(halt.signal, 'abort');
}

function shortPath(path: string): string {
  const fromHere = relative(process.cwd(), path);
  return fromHere !== '' && fromHere.length < path.length ? fromHere : path;
}
