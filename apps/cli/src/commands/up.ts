import { Option, type Command } from 'commander';
import { dataDirDefault } from '../checkout.js';
import { runUp, type UpOptions } from '../up/run-up.js';
import { apiPortDefault } from '../up/local-system-options.js';
import { count, list } from './arguments.js';

export function addUp(command: Command): void {
  command
    .option('--data-dir <folder>', 'everything that the system keeps', dataDirDefault)
    .option('--partitions <n>', 'log partitions, fixed when the folder is used first', count(1, 1_024), 8)
    .option('--workers <n>', 'worker processes', count(0, 16), 2)
    .option('--replicas <n>', 'processes of each other service', count(1, 8), 1)
    .option('--handlers <files>', 'modules with handlers for the workers, separated by commas', list, [])
    .option(
      '--port <n>',
      'where the API listens; another free port is taken where it is busy',
      count(1, 65_535),
      apiPortDefault,
    )
    .addOption(new Option('--example <name>', 'an example to run at once').choices(['etl', 'none']).default('none'))
    .option('--once', 'stop when the example has ended, with one JSON object as the last line')
    .addOption(
      new Option('-o, --output <format>', 'json: one JSON object alone on stdout')
        .choices(['table', 'json'])
        .default('table'),
    )
    .action(async (options: UpOptions) => {
      process.exitCode = await runUp(options);
    });
}
