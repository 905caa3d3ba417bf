import { Option, type Command } from 'commander';
import type { TopicReview } from '@millrace/kafka';
import { exitCodes } from '../output/exit-codes.js';
import { outputOption, printList, type Format } from '../output/print.js';
import { applyTopics, reviewTopics, type ApplyTopicsOptions } from '../topics/apply-topics.js';
import { count, list } from './arguments.js';
import type { Dry } from './dry-run.js';
import { brokersOf, prefixOf, withKafka, type KafkaOptions } from './coordinates.js';

interface TopicsOptions extends KafkaOptions {
  readonly partitions: number;
  readonly taskPartitions: number;
  readonly queues: readonly string[];
  readonly replication?: number;
  readonly output: Format;
}

export function addTopics(topics: Command): void {
  shape(topics.command('plan'))
    .description('What is missing or wrong; changes nothing.')
    .action(async (options: TopicsOptions) => print(await reviewTopics(planOf(options)), options.output));
  shape(topics.command('apply'))
    .description('Creates what is missing and gives every log partition its birth; harmless twice.')
    .addOption(
      new Option('--replication <n>', 'copies of each partition of a topic that is made; default 3, or one per broker')
        .env('MILLRACE_REPLICATION')
        .argParser(count(1, 32)),
    )
    .option('--dry-run', 'only says what is missing or wrong, as topics plan')
    .action(async (options: TopicsOptions & Dry) => {
      const isDry = options.dryRun === true;
      const reviews = isDry ? await reviewTopics(planOf(options)) : (await applyTopics(planOf(options))).reviews;
      print(reviews, options.output);
    });
}

function shape(command: Command): Command {
  return withKafka(command)
    .option('--partitions <n>', 'log partitions, fixed at birth', count(1, 65_536), 8)
    .option('--task-partitions <n>', 'as many as workers allowed per queue', count(1, 1_024), 16)
    .option('--queues <names>', 'separated by commas', list, ['default'])
    .addOption(outputOption());
}

function planOf(options: TopicsOptions): ApplyTopicsOptions {
  const { partitions: logPartitions, taskPartitions, queues, replication } = options;
  const copies = replication === undefined ? {} : { replication };
  return { brokers: brokersOf(options), prefix: prefixOf(options), logPartitions, taskPartitions, queues, ...copies };
}

function print(reviews: readonly TopicReview[], format: Format): void {
  const rows = reviews.map(({ plan, faults }) => ({
    topic: plan.topic,
    partitions: plan.partitions,
    faults: faults.map(({ kind, message }) => ({ kind, message })),
  }));
  const cells = ({ topic, partitions, faults }: (typeof rows)[number]): string[] => [
    topic,
    String(partitions),
    faults.length === 0 ? 'as planned' : faults.map(({ kind }) => kind).join(', '),
  ];
  printList(format, rows, ['TOPIC', 'PARTITIONS', 'STATE'], cells, 'No topics.');
  const wrong = rows.flatMap(({ faults }) => faults);
  if (format === 'table') for (const { message } of wrong) process.stderr.write(`${message}\n`);
  if (wrong.length > 0) process.exitCode = exitCodes.failed;
}
