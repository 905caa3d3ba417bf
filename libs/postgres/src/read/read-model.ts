import type {
  Freshness,
  QuarantineList,
  RunDetail,
  RunList,
  SqlResult,
  TaskRunList,
  WorkflowDetail,
  WorkflowList,
} from '@millrace/protocol';
import type { Clock } from '@millrace/runtime';
import { addressOf, databaseError } from '../database-error.js';
import { CursorInvalid } from './cursor.js';
import { findRun, listTaskRuns, type TaskRunFilter } from './find-run.js';
import { listQuarantine, type QuarantineFilter } from './list-quarantine.js';
import { listMoves, type MovePlace, type RunMoves } from './list-moves.js';
import { listRuns, type RunFilter } from './list-runs.js';
import { findWorkflow, listWorkflows } from './list-workflows.js';
import { PositionWatch } from './position-watch.js';
import { openPrisma, Prisma, type PrismaClient } from './prisma.js';
import { querySql } from './query-sql.js';

export interface ReadModelOptions {
  readonly databaseUrl: string;
  readonly clock: Clock;
  /** Default 10. Too small: reads wait for each other; too large: Postgres runs out of them. */
  readonly connectionsMax?: number;
  /** A read that takes longer is refused (SQLSTATE 57014); default 10,000. */
  readonly answerMsMax?: number;
}

/** Those who follow a run are told this often: one query for all of them. Too small: Postgres; too large: they hear late. */
const followMs = 100;

/** Where the projection of one partition stands. */
export type PartitionPosition = Omit<Freshness['partitions'][number], 'ownerOffset' | 'lag'>;

/**
 * The projection, read. Every call may throw `DatabaseUnavailable` and `DatabaseRefused`; calls with a cursor
 * `CursorInvalid`. Rows may be newer, never older, than positions read before them.
 */
export class ReadModel {
  readonly #prisma: PrismaClient;
  readonly #watch: PositionWatch;
  readonly #follow: PositionWatch;
  readonly #databaseUrl: string;

  constructor({ databaseUrl, clock, connectionsMax = 10, answerMsMax = 10_000 }: ReadModelOptions) {
    this.#databaseUrl = databaseUrl;
    this.#prisma = openPrisma({ databaseUrl, connectionsMax, answerMsMax });
    this.#watch = new PositionWatch(() => this.#offsets(), clock);
    this.#follow = new PositionWatch(() => this.#offsets(), clock, followMs);
  }

  /** Newest first unless `descending` is false. */
  runs(filter: RunFilter, cursor: string | undefined, limit: number, descending = true): Promise<RunList> {
    return this.#typed(listRuns(this.#prisma, filter, cursor, limit, descending));
  }

  /** At most 200 task runs and 500 attempts; undefined where there is no such run. */
  run(id: string): Promise<RunDetail | undefined> {
    return this.#typed(findRun(this.#prisma, id));
  }

  taskRuns(
    run: string,
    cursor: string | undefined,
    limit: number,
    filter: TaskRunFilter = {},
  ): Promise<TaskRunList | undefined> {
    return this.#typed(listTaskRuns(this.#prisma, run, cursor, limit, filter));
  }

  workflows(cursor: string | undefined, limit: number, descending = false): Promise<WorkflowList> {
    return this.#typed(listWorkflows(this.#prisma, cursor, limit, descending));
  }

  /** By name, or by version: its first eight digits are enough where no other begins so. */
  workflow(nameOrVersion: string): Promise<WorkflowDetail | undefined> {
    return this.#typed(findWorkflow(this.#prisma, nameOrVersion));
  }

  quarantine(
    filter: QuarantineFilter,
    cursor: string | undefined,
    limit: number,
    descending = false,
  ): Promise<QuarantineList> {
    return this.#typed(listQuarantine(this.#prisma, filter, cursor, limit, descending));
  }

  /** By partition. */
  async positions(): Promise<PartitionPosition[]> {
    const rows = await this.#typed(this.#prisma.projectionPosition.findMany({ orderBy: { partition: 'asc' } }));
    return rows.map((row) => ({
      partition: row.partition,
      offset: String(row.nextOffset),
      at: row.at.toISOString(),
      accepted: String(row.accepted),
      rejected: String(row.rejected),
      quarantined: String(row.quarantined),
    }));
  }

  /**
   * True once everything below `offset` of the log partition is shown, false after `timeoutMs`: with the offset of one's own
   * append plus one, one reads one's own writes. At most 1,000 callers at once (`TooManyWaiters`).
   */
  waitForOffset(partition: number, offset: bigint, timeoutMs: number): Promise<boolean> {
    return this.#watch.waitFor(partition, offset, timeoutMs);
  }

  /** What of a run moved behind `after`, in that order; undefined where there is no such run. */
  moves(run: string, after: MovePlace): Promise<RunMoves | undefined> {
    return this.#typed(listMoves(this.#prisma, run, after));
  }

  /** As `waitForOffset`, for those who wait for long: looks every 100 ms. False also once closed. */
  followOffset(partition: number, offset: bigint, timeoutMs: number): Promise<boolean> {
    return this.#follow.waitFor(partition, offset, timeoutMs);
  }

  /** Answers those who follow, and who will. Idempotent. */
  endFollowing(): void {
    this.#follow.close();
  }

  /** See `querySql`. Throws `SqlRefused` too. */
  sql(query: string, rowsMax: number, timeoutMs: number): Promise<SqlResult> {
    return querySql(this.#databaseUrl, query, rowsMax, timeoutMs);
  }

  /** Tolerates being called twice. */
  close(): Promise<void> {
    this.#watch.close();
    this.endFollowing();
    return this.#prisma.$disconnect();
  }

  async #offsets(): Promise<ReadonlyMap<number, bigint>> {
    const rows = await this.#typed(
      this.#prisma.projectionPosition.findMany({ select: { partition: true, nextOffset: true } }),
    );
    return new Map(rows.map((row) => [row.partition, row.nextOffset]));
  }

  async #typed<Result>(answer: Promise<Result>): Promise<Result> {
    try {
      return await answer;
    } catch (error) {
      if (error instanceof CursorInvalid || error instanceof Prisma.PrismaClientValidationError) throw error;
      throw databaseError(addressOf(this.#databaseUrl), error);
    }
  }
}
