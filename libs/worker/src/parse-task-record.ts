import { crc32 } from 'node:zlib';
import { isRunId } from '@millrace/domain';
import {
  areFarParents,
  isTraceparent,
  limits,
  type ConditionalEdge,
  type Delivery,
  type TaskRecord,
} from '@millrace/protocol';
import type { LogRecord } from '@millrace/runtime';

const decoder = new TextDecoder('utf-8', { fatal: true });

/** The record's tasks, or a sentence that says why it is none. Never throws. */
export function parseTaskRecord(record: LogRecord): TaskRecord | string {
  const { value, crc } = record;
  if (value === undefined) return 'Expected a task record, but the record has no value.';
  if (crc !== undefined && crc32(value) !== crc) return 'Expected bytes that match their CRC32, but they do not.';
  let parsed: Partial<TaskRecord>;
  try {
    parsed = JSON.parse(decoder.decode(value)) as Partial<TaskRecord>;
  } catch (cause) {
    return `Expected a task record in JSON, but ${(cause as Error).message}`;
  }
  if (parsed === null || typeof parsed !== 'object' || parsed.v !== 1) return 'Expected v to be 1, but it is not.';
  if (!isCount(parsed.epoch, 1)) return 'Expected epoch to be a whole number from 1, but it is not.';
  if (!isCount(parsed.decidedAt, 0)) return 'Expected decidedAt to be milliseconds, but it is not.';
  const { tasks } = parsed;
  if (!Array.isArray(tasks) || tasks.length === 0 || tasks.length > limits.taskRecordTasksMax) {
    return `Expected 1 to ${limits.taskRecordTasksMax} tasks, but found something else.`;
  }
  for (let index = 0; index < tasks.length; index++) {
    if (!isDelivery(tasks[index])) return `Expected task ${index} to be a delivery, but it is not.`;
  }
  return parsed as TaskRecord;
}

function isDelivery(value: Partial<Delivery> | null | undefined): boolean {
  return (
    value !== null &&
    typeof value === 'object' &&
    isRunId(value.run) &&
    isCount(value.task, 0) &&
    isCount(value.attempt, 1) &&
    typeof value.id === 'string' &&
    typeof value.handler === 'string' &&
    isCount(value.startToCloseMs, 1) &&
    (value.traceparent === undefined || isTraceparent(value.traceparent)) &&
    (value.heartbeatTimeoutMs === undefined || isCount(value.heartbeatTimeoutMs, 1)) &&
    (value.parents === undefined || (value.parents !== null && typeof value.parents === 'object')) &&
    (value.farParents === undefined || areFarParents(value.farParents)) &&
    (value.edges === undefined || (Array.isArray(value.edges) && value.edges.every(isEdge)))
  );
}

function isEdge(value: Partial<ConditionalEdge> | null): boolean {
  return value !== null && typeof value === 'object' && isCount(value.to, 0) && typeof value.when === 'string';
}

function isCount(value: unknown, min: number): boolean {
  return Number.isSafeInteger(value) && (value as number) >= min;
}
