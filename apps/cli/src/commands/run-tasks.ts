import { taskRunList, type TaskRunList, type TaskRunView } from '@millrace/protocol';
import { Option, type Command } from 'commander';
import { readApi } from '../api-pages.js';
import { listText, outputOption } from '../output/print.js';
import { paintStatus, tookText } from '../output/run-lines.js';
import { shownText } from '../output/shown-text.js';
import { showList, withWatch, type Watched } from '../output/show-list.js';
import { terminalOn } from '../output/terminal.js';
import { count } from './arguments.js';
import { apiUrlOf, withUrl, type ApiOptions } from './coordinates.js';

interface TasksOptions extends ApiOptions, Watched {
  readonly status?: string;
  readonly limit: number;
}

const pageMax = 200;
const statuses = [
  ...['pending', 'scheduled', 'queued', 'dispatched', 'running', 'backing_off'],
  ...['succeeded', 'failed', 'timed_out', 'cancelled', 'skipped', 'dead_lettered'],
];

/** `millrace run tasks <id>`. */
export function addRunTasks(run: Command): void {
  withWatch(withUrl(run.command('tasks <id>')))
    .description('The task runs of a run by index, as many as there are.')
    .addOption(new Option('--status <status>').choices(statuses))
    .option('--limit <n>', 'at most this many', count(1, 1_000_000), 200)
    .addOption(outputOption())
    .action((id: string, options: TasksOptions) => showList(options, () => read(id, options)));
}

async function read(id: string, { status, limit, output, ...api }: TasksOptions) {
  const apiUrl = apiUrlOf(api);
  const found: TaskRunView[] = [];
  let cursor: string | null = null;
  do {
    const query = new URLSearchParams({ limit: String(Math.min(pageMax, limit - found.length)) });
    if (status !== undefined) query.set('status', status);
    if (cursor !== null) query.set('cursor', cursor);
    const path = `runs/${encodeURIComponent(id)}/tasks?${query.toString()}`;
    const page: TaskRunList = await readApi(apiUrl, path, taskRunList);
    found.push(...page.tasks);
    cursor = page.next;
  } while (cursor !== null && found.length < limit);
  const terminal = terminalOn(process.stdout);
  const cells = (task: TaskRunView): string[] => [
    ...[String(task.task), task.id, paintStatus(terminal, task.status), task.handler, String(task.attempt)],
    ...[task.worker ?? '', tookText(task, Date.now()), shownText(task.waitsFor?.detail ?? task.reason ?? '', 80)],
  ];
  const headings = ['INDEX', 'TASK', 'STATE', 'HANDLER', 'ATTEMPT', 'WORKER', 'TOOK', 'WHY'];
  const text = listText(output, found, headings, cells, 'No such task runs.');
  return { text, remark: cursor === null ? undefined : `There are more than ${limit}: see --limit and --status.` };
}
