import { migrate, migrationStatus } from '@millrace/postgres';
import type { Command } from 'commander';
import { outputOption, printOne, type Format } from '../output/print.js';
import { databaseUrlOf, withProfile } from './coordinates.js';

interface MigrateCommandOptions {
  readonly status?: boolean;
  readonly dryRun?: true;
  readonly output: Format;
}

export function addMigrate(command: Command): void {
  withProfile(command)
    .option('--dry-run', 'show what would be applied, and change nothing')
    .option('--status', 'show what is applied and what is pending, and change nothing')
    .addOption(outputOption(['table', 'json']))
    .action(async ({ status, dryRun, output }: MigrateCommandOptions) => {
      if (dryRun === true) return showPending(output);
      await (status === true ? showStatus(output) : apply(output));
    });
}

async function apply(output: Format): Promise<void> {
  const applied = await migrate(databaseUrlOf());
  printOne(output, { applied }, applied.length === 0 ? ['Up to date.'] : applied.map((name) => `Applied ${name}`));
}

async function showPending(output: Format): Promise<void> {
  const { pending } = await migrationStatus(databaseUrlOf());
  const lines = pending.length === 0 ? ['Up to date.'] : pending.map((name) => `Would apply ${name}`);
  printOne(output, { dryRun: true, pending }, lines);
}

async function showStatus(output: Format): Promise<void> {
  const status = await migrationStatus(databaseUrlOf());
  const lines = Object.entries(status).flatMap(([state, names]) =>
    (names as readonly string[]).map((name) => `${state.padEnd(11)} ${name}`),
  );
  printOne(output, status, lines.length === 0 ? ['No migrations.'] : lines);
}
