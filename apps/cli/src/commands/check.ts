import { setTimeout as pause } from 'node:timers/promises';
import type { Violation } from '@millrace/checker';
import { KafkaRecordReader } from '@millrace/kafka';
import { topicsOf } from '@millrace/protocol';
import { LogUnavailable } from '@millrace/runtime';
import type { Command } from 'commander';
import { FollowedLog } from '../check/followed-log.js';
import { ViolationMetrics } from '../check/violation-metrics.js';
import { exitCodes } from '../output/exit-codes.js';
import { write } from '../output/print.js';
import { Progress } from '../output/progress.js';
import { kafkaOf } from '../topics/apply-topics.js';
import { logPartitions } from '../verify/log-partitions.js';
import { count } from './arguments.js';
import { brokersOf, prefixOf, withKafka, type KafkaOptions } from './coordinates.js';

interface CheckOptions extends KafkaOptions {
  readonly follow?: true;
  readonly port?: number;
}

const waitMs = 1_000;

/** `millrace check`. */
export function addCheck(command: Command): void {
  withKafka(command)
    .option('--follow', 'goes on with what comes, until it is told to stop')
    .option('--port <n>', 'serves /metrics there; 0 takes a free port', count(0, 65_535))
    .action(check);
}

async function check(options: CheckOptions): Promise<void> {
  const topic = topicsOf(prefixOf(options)).log;
  const reader = new KafkaRecordReader(kafkaOf(brokersOf(options)));
  const metrics = new ViolationMetrics();
  const stopped = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stopped.abort());
  try {
    const partitions = await logPartitions(reader, topic);
    const log = new FollowedLog(reader, topic, partitions);
    const ends = new Map<number, number>();
    for (const partition of partitions) ends.set(partition, (await reader.bounds(topic, partition)).end);
    if (options.port !== undefined) {
      process.stderr.write(`Metrics are at http://localhost:${await metrics.listen(options.port)}/metrics\n`);
    }
    const isBehind = (): boolean => [...log.positions].some(([partition, at]) => at < ends.get(partition)!);
    const progress = new Progress('Judges the log', 'records');
    const total = sumOf(ends);
    while (!stopped.signal.aborted && (options.follow === true || isBehind())) {
      const violations = await stepOrWait(log, options.follow === true);
      metrics.note(violations, log.positions);
      if (violations.length > 0) progress.end();
      for (const each of violations) write(JSON.stringify(each));
      if (isBehind()) progress.at(Math.min(total, sumOf(log.positions)), total);
      else progress.end();
    }
    process.stderr.write(`${metrics.total} violations in ${partitions.length} partitions.\n`);
    if (metrics.total > 0) process.exitCode = exitCodes.failed;
  } finally {
    metrics.close();
    await reader.close();
  }
}

function sumOf(offsets: ReadonlyMap<number, number>): number {
  return [...offsets.values()].reduce((sum, offset) => sum + offset, 0);
}

/** Who follows waits for a log that does not answer. */
async function stepOrWait(log: FollowedLog, isFollowing: boolean): Promise<readonly Violation[]> {
  try {
    return await log.step(waitMs);
  } catch (error) {
    if (!isFollowing || !(error instanceof LogUnavailable)) throw error;
    process.stderr.write(`${error.message}\n`);
    await pause(waitMs);
    return [];
  }
}
