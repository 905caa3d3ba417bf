import { formatDuration } from '../output/duration.js';
import { paintStatus } from '../output/run-lines.js';
import type { Terminal } from '../output/terminal.js';
import type { EtlResult } from './etl-example.js';
import type { LocalSystem } from './local-system.js';

/** What came out of the example. */
export function etlLines(terminal: Terminal, { status, rowsLoaded, durationMs, attempts }: EtlResult): string[] {
  const rows = terminal.bold(rowsLoaded.toLocaleString('en-US'));
  return [
    `  ${paintStatus(terminal, status)} in ${formatDuration(durationMs)}, ${attempts} attempts, ${rows} rows loaded into Postgres`,
  ];
}

/** Where the system is, what to try, how to stop it. */
export function hintLines(terminal: Terminal, system: LocalSystem, run: string | undefined): string[] {
  const statuses = 'SELECT status, count(*) FROM runs GROUP BY status';
  const hours = 'SELECT hour, flights, late FROM etl_hours ORDER BY hour';
  const tries: [command: string, what: string][] =
    run === undefined
      ? [
          ['npx millrace worker list', 'who works'],
          [`npx millrace sql "${statuses}"`, 'what the projection knows'],
        ]
      : [
          [`npx millrace run show ${run}`, 'the run, task by task'],
          [`npx millrace sql "${hours}"`, 'what it loaded'],
        ];
  tries.push(['npx millrace log tail --limit 5', 'the log itself, decoded']);
  return [
    '',
    `${terminal.bold('API')}    ${system.apiUrl}   ${terminal.dim(`${system.apiUrl}/docs describes it`)}`,
    `${terminal.bold('Logs')}   ${system.dataDir}/logs`,
    '',
    terminal.bold('Try in another terminal'),
    ...tries.flatMap(([command, what]) => [`  ${command}`, terminal.dim(`      ${what}`)]),
    '',
    `Ctrl-C stops everything; the data stays.`,
  ];
}
