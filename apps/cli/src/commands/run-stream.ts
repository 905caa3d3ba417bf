import { limits, submitRun, submitTask, type Problem, type Submitted } from '@millrace/protocol';
import type { Command } from 'commander';
import { CommandFailed, exitCodes } from '../output/exit-codes.js';
import { outputOption, type Format } from '../output/print.js';
import { shownText } from '../output/shown-text.js';
import { linesOfFile } from '../text-lines.js';
import { count } from './arguments.js';
import { faultsOf, withDryRun, type Dry } from './dry-run.js';
import { clientOf, withUrl, type ApiOptions } from './coordinates.js';

interface StreamOptions extends ApiOptions, Dry {
  readonly output: Format;
  readonly inFlight: number;
  readonly patience: number;
}

/** What became of a line, counted from 1. */
type Answered = { readonly line: number } & (Submitted | { readonly problem: Problem });

/** `millrace run stream <file>`: exit code 1 where a line was refused. */
export function addRunStream(run: Command): void {
  withDryRun(withUrl(run.command('stream <file>')), 'checks every line here and sends nothing')
    .description('Submits runs and tasks, one JSON a line, from a file or - for standard input.')
    .option('--in-flight <n>', 'lines sent and not answered at most', count(1, 1_000), 1_000)
    .option('--patience <s>', 'seconds for which a line is sent again that is not taken for now', count(0, 86_400), 600)
    .addOption(outputOption(['table', 'jsonl']))
    .action(stream);
}

async function stream(file: string, options: StreamOptions): Promise<void> {
  if (options.dryRun === true) return check(file, options);
  const client = clientOf(options);
  const tooLong: number[] = [];
  const told = { submitted: 0, refused: 0 };
  const tell = async (answered: Answered): Promise<void> => {
    told['problem' in answered ? 'refused' : 'submitted'] += 1;
    const line = options.output === 'jsonl' ? JSON.stringify(answered) : refusalOf(answered);
    if (line !== undefined) await written(`${line}\n`);
  };
  const tellTooLong = async (): Promise<void> => {
    for (const line of tooLong.splice(0)) await tell(lineTooLong(line));
  };
  const lines = sentLines(file, tooLong);
  const bounds = { inFlightMax: options.inFlight, patienceMs: options.patience * 1_000 };
  for await (const { index, ...answer } of client.submitStream(lines, bounds)) {
    await tellTooLong();
    await tell({ line: index + 1, ...answer });
  }
  await tellTooLong();
  const { submitted, refused } = told;
  if (refused > 0) {
    const all = submitted + refused;
    throw new CommandFailed(`Expected ${all} lines to be taken, but ${refused} were refused.`, exitCodes.failed);
  }
  if (options.output === 'table') await written(`${submitted} submitted.\n`);
}

/** Every line against what the service takes, as far as that can be known without it. */
async function check(file: string, { output }: StreamOptions): Promise<void> {
  let [line, refused] = [0, 0];
  for await (const text of linesOfFile(file, limits.lineBytesMax)) {
    line += 1;
    if (text?.trim() === '') continue;
    const faults = text === undefined ? [lineTooLong(line).problem.detail] : faultsIn(text);
    if (faults.length === 0) continue;
    refused += 1;
    const told = output === 'jsonl' ? JSON.stringify({ line, faults }) : `Line ${line}: ${faults.join('; ')}`;
    await written(`${output === 'jsonl' ? told : shownText(told, 500)}\n`);
  }
  if (refused > 0) {
    throw new CommandFailed(`Expected ${line} lines that can be sent, but ${refused} cannot.`, exitCodes.usage);
  }
  if (output === 'table') await written(`Nothing was sent. ${line} lines could be.\n`);
}

function faultsIn(text: string): string[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return [(error as Error).message];
  }
  const isRun = typeof value === 'object' && value !== null && 'workflow' in value;
  return faultsOf(isRun ? submitRun : submitTask, value);
}

/** A line that is too long is not sent: what stands in its place is blank, so that the others keep their numbers. */
async function* sentLines(file: string, tooLong: number[]): AsyncGenerator<string> {
  let number = 0;
  for await (const line of linesOfFile(file, limits.lineBytesMax)) {
    number += 1;
    if (line === undefined) tooLong.push(number);
    yield line ?? '';
  }
}

function lineTooLong(line: number): { readonly line: number; readonly problem: Problem } {
  const detail = `Expected lines of at most ${limits.lineBytesMax} characters, but this one is longer. Pass a reference to the data.`;
  return { line, problem: { type: 'about:blank', title: 'Line too long', status: 413, code: 'line-too-long', detail } };
}

/** For people: what was refused, and why. */
function refusalOf(answered: Answered): string | undefined {
  if (!('problem' in answered)) return undefined;
  const { code, detail, faults } = answered.problem;
  const reasons = faults?.map(({ message }) => message).join(' ') ?? detail;
  return `Line ${answered.line}: ${code}: ${shownText(reasons, 500)}`;
}

/** Waits where nobody reads. */
function written(text: string): Promise<void> {
  return new Promise((resolve) => {
    if (process.stdout.write(text)) resolve();
    else process.stdout.once('drain', resolve);
  });
}
