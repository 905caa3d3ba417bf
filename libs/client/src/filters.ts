import type { LogPosition, RunView, TaskRunView } from '@millrace/protocol';

/** What every list takes beside its filters: the same words as in the query string of the API and the options of the command line. */
export interface Page<Sort extends string> {
  /** The member to sort by, ascending; with a dash before it descending. */
  readonly sort?: Sort;
  /** At most this many of a page, 1 to 200. Default 50. */
  readonly limit?: number;
  /** `next` of the page before. */
  readonly cursor?: string;
  /** The position that a write was answered with: the answer shows at least that. Throws `not-yet-visible` where it does not in time. */
  readonly waitFor?: LogPosition;
}

export interface ListRuns extends Page<'requestedAt' | '-requestedAt'> {
  readonly status?: RunView['status'];
  readonly workflow?: string;
  readonly tenant?: string;
  /** Those requested with this key: several where one was used again a day after its run ended, or by another tenant. */
  readonly idempotencyKey?: string;
  /** Requested at or after: RFC 3339, or a `Date`. */
  readonly since?: string | Date;
  /** Requested before. */
  readonly until?: string | Date;
}

export interface ListTaskRuns extends Page<'task' | '-task'> {
  readonly status?: TaskRunView['status'];
}

export type ListWorkflows = Page<'name' | '-name'>;

export interface ListQuarantine extends Page<'partition' | '-partition'> {
  readonly partition?: number;
  /** Such as `bad-field`, `unknown-kind`, `crc-mismatch`. */
  readonly cause?: string;
}

/** A filter as the query string has it. */
export type QueryOf<Filter> = {
  [Name in keyof Filter]: Name extends 'waitFor' ? string : Exclude<Filter[Name], Date>;
};

export function queryOf<Filter extends object>(filter: Filter): QueryOf<Filter> {
  return Object.fromEntries(Object.entries(filter).map(([name, value]) => [name, textOf(value)])) as QueryOf<Filter>;
}

function textOf(value: unknown): unknown {
  if (value instanceof Date) return value.toISOString();
  return typeof value === 'object' && value !== null ? positionText(value as LogPosition) : value;
}

/** `partition:offset`. */
export function positionText({ partition, offset }: LogPosition): string {
  return `${partition}:${offset}`;
}

/** Every row that fits, page by page as they are taken. */
export async function* everyRow<Row>(
  first: string | undefined,
  read: (cursor: string | undefined) => Promise<{ readonly rows: readonly Row[]; readonly next: string | null }>,
): AsyncGenerator<Row> {
  for (let cursor = first; ;) {
    const { rows, next } = await read(cursor);
    yield* rows;
    if (next === null) return;
    cursor = next;
  }
}
