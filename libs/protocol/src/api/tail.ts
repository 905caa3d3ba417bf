import { z } from 'zod';
import { runView, taskRunView } from './read.js';

/** A task run as an event of a tail tells it: without payloads, which GET /v1/runs/:id/tasks has. */
export const taskMoved = taskRunView.omit({ result: true, error: true, checkpoint: true, waitsFor: true });
export type TaskMoved = z.infer<typeof taskMoved>;

/**
 * `data` of an event of GET /v1/runs/:id/events. Its `event` is `<kind>.<status>`, such as `task.running` or `run.succeeded`. It tells
 * how the run or the task run stands, so hearing it twice is harmless.
 */
export const tailEvent = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('run'), run: runView }),
  z.object({ kind: z.literal('task'), task: taskMoved }),
]);
export type TailEvent = z.infer<typeof tailEvent>;

/** `id` of an event: how far a reader has come. */
export interface TailPosition {
  readonly partition: number;
  /** Next log offset of the projection that told the event. */
  readonly offset: bigint;
  /** Partition time in milliseconds: of what moved before it everything was told. */
  readonly atMs: number;
  /** The run had ended and everything was told. */
  readonly isEnd: boolean;
}

const pattern = /^(\d{1,5})-(\d{1,18})-(\d{1,15})(-end)?$/;

/** `partition-offset-ms`, and `-end` after the last one. */
export function tailPositionText({ partition, offset, atMs, isEnd }: TailPosition): string {
  return `${partition}-${offset}-${atMs}${isEnd ? '-end' : ''}`;
}

/** Undefined where the text is none. */
export function readTailPosition(text: string): TailPosition | undefined {
  const [, partition, offset, atMs, end] = pattern.exec(text) ?? [];
  if (partition === undefined) return undefined;
  return { partition: Number(partition), offset: BigInt(offset!), atMs: Number(atMs), isEnd: end !== undefined };
}
