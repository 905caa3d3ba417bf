import type { Command } from 'commander';
import { dataDirDefault } from '../checkout.js';
import { checksFor } from '../doctor/checks/index.js';
import { doctorPage } from '../doctor/doctor-page.js';
import type { Places } from '../doctor/facts.js';
import { runChecks } from '../doctor/run-checks.js';
import { SystemFacts } from '../doctor/system-facts.js';
import { exitCodes } from '../output/exit-codes.js';
import { outputOption, printOne, type Format } from '../output/print.js';
import { terminalOn } from '../output/terminal.js';
import { cliVersion } from '../version.js';
import { checkedUrl, list } from './arguments.js';
import {
  apiUrlOf,
  brokersOf,
  databaseUrlOf,
  localSystem,
  prefixOf,
  withKafka,
  type ApiOptions,
  type KafkaOptions,
} from './coordinates.js';

interface DoctorOptions extends ApiOptions, KafkaOptions {
  readonly services: readonly string[];
  readonly output: Format;
}

/** `millrace doctor`. */
export function addDoctor(command: Command): void {
  withKafka(command.option('--url <url>', 'the API; default as everywhere'))
    .option('--services <urls>', 'addresses of services whose /readyz is asked too, separated by commas', list, [])
    .addOption(outputOption(['table', 'json']))
    .action(async (options: DoctorOptions) => {
      const findings = await runChecks(checksFor(cliVersion), new SystemFacts(placesOf(options)));
      const isWell = findings.every(({ state }) => state !== 'fail');
      const report = { ok: isWell, version: cliVersion, checks: findings };
      printOne(options.output, report, doctorPage(terminalOn(process.stdout), findings));
      if (!isWell) process.exitCode = exitCodes.failed;
    });
}

function placesOf(options: DoctorOptions): Places {
  const local = localSystem();
  const brokers = (): string => brokersOf(options);
  const isLocal = local !== undefined && attempt(brokers) === local.brokers;
  return {
    brokers,
    databaseUrl: databaseUrlOf,
    serviceUrls: () => {
      const given = options.services.map((url) => checkedUrl(url, ['http:', 'https:']));
      return [...new Set([apiUrlOf(options), ...given, ...(isLocal ? Object.values(local.urls ?? {}) : [])])];
    },
    prefix: prefixOf(options),
    dataDir: isLocal ? dataDirDefault : undefined,
  };
}

/** What a check will throw of it is told there. */
function attempt(read: () => string): string | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
