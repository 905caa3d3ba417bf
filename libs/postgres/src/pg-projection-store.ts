import {
  PositionTaken,
  ProjectionUnavailable,
  type ProjectionBatch,
  type ProjectionPosition,
  type ProjectionStore,
  unprojected,
} from '@millrace/runtime';
import type pg from 'pg';
import { batchStatements, type BatchStatement } from './batch-statements.js';
import { addressOf, databaseError, DatabaseUnavailable } from './database-error.js';
import { openDatabase } from './open-database.js';
import { positionColumns } from './row-columns.js';
import { movePositions } from './sql/move-positions.js';
import { projectionSession } from './sql/projection-session.js';
import { readPosition } from './sql/read-position.js';

export interface PgProjectionStoreOptions {
  readonly databaseUrl: string;
  /**
   * A statement without answer for this long counts as a lost connection; default 30,000. Too small and a slow disk looks
   * like a lost server; too large and a frozen server holds the projector up for as long.
   */
  readonly answerMsMax?: number;
}

/** Rows found and rows told do not agree: the tables were changed by somebody else, or belong to another log. */
export class ProjectionAltered extends Error {
  override readonly name = 'ProjectionAltered';
  constructor(
    readonly statement: string,
    readonly rowsExpected: number,
    readonly rowsFound: number,
  ) {
    super(
      `Expected ${statement} to touch ${rowsExpected} rows, but it found ${rowsFound}: the projection was altered from outside. Drop its rows and positions, and it is rebuilt from the log.`,
    );
  }
}

/**
 * The projection in Postgres, over one connection of its own, made at the first call and again after it broke. Calls are
 * served one after the other. Throws `ProjectionUnavailable` where the outcome is unknown or nothing was done: read
 * `position` to learn which. Errors that trying again cannot help are `DatabaseRefused` and `ProjectionAltered`.
 */
export class PgProjectionStore implements ProjectionStore {
  readonly #options: PgProjectionStoreOptions;
  readonly #address: string;
  #client: pg.Client | undefined;
  #last: Promise<unknown> = Promise.resolve();
  #closed = false;

  constructor(options: PgProjectionStoreOptions) {
    this.#options = options;
    this.#address = addressOf(options.databaseUrl);
  }

  position(partition: number): Promise<ProjectionPosition> {
    return this.#inTurn(async (client) => {
      const { rows } = await client.query({ ...readPosition, values: [partition] });
      const row = rows[0] as PositionRow | undefined;
      if (row === undefined) return unprojected(partition);
      const { next_offset: offset, ...told } = row;
      return { partition, from: offset, to: offset, ...told };
    });
  }

  commit(batch: ProjectionBatch): Promise<void> {
    const statements = batchStatements(batch);
    return this.#inTurn(async (client) => {
      await client.query('BEGIN');
      await moveAll(client, batch.positions);
      for (const statement of statements) await run(client, statement);
      await client.query('COMMIT');
    });
  }

  /** Tolerates being called twice. What is under way is finished first. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#last.catch(() => {});
    await this.#drop();
  }

  #inTurn<Result>(use: (client: pg.Client) => Promise<Result>): Promise<Result> {
    const turn = this.#last.then(
      () => this.#attempt(use),
      () => this.#attempt(use),
    );
    this.#last = turn;
    return turn;
  }

  async #attempt<Result>(use: (client: pg.Client) => Promise<Result>): Promise<Result> {
    if (this.#closed) throw new ProjectionUnavailable('Expected an open projection store, but it was closed.');
    try {
      return await use(await this.#connected());
    } catch (cause) {
      throw await this.#settled(cause);
    }
  }

  async #connected(): Promise<pg.Client> {
    if (this.#client !== undefined) return this.#client;
    const { databaseUrl, answerMsMax } = this.#options;
    const client = await openDatabase(databaseUrl, { applicationName: 'millrace-projector', answerMsMax });
    client.once('end', () => {
      if (this.#client === client) this.#client = undefined;
    });
    this.#client = client;
    await client.query(projectionSession);
    return client;
  }

  /** Leaves no open transaction behind and gives the error to throw. */
  async #settled(cause: unknown): Promise<Error> {
    if (cause instanceof PositionTaken || cause instanceof ProjectionAltered) {
      await this.#rollBack();
      return cause;
    }
    await this.#drop();
    const error = databaseError(this.#address, cause);
    return error instanceof DatabaseUnavailable ? new ProjectionUnavailable(error.message, { cause: error }) : error;
  }

  async #rollBack(): Promise<void> {
    await this.#client?.query('ROLLBACK').catch(() => this.#drop());
  }

  /** A connection that has lost its way is cut, not asked to leave: a frozen server would not answer. */
  async #drop(): Promise<void> {
    const client = this.#client;
    this.#client = undefined;
    if (client === undefined) return;
    const socket = (client as unknown as { connection: { stream: { destroy(): void } } }).connection.stream;
    const ended = client.end().catch(() => {});
    socket.destroy();
    await ended;
  }
}

type PositionRow = { readonly next_offset: number } & Omit<ProjectionPosition, 'partition' | 'from' | 'to'>;

async function moveAll(client: pg.Client, positions: readonly ProjectionPosition[]): Promise<void> {
  if (positions.length === 0) return;
  const { rows } = await client.query<{ partition: number }>({ ...movePositions, values: positionColumns(positions) });
  const moved = new Set(rows.map((row) => row.partition));
  const taken = positions.find(({ partition }) => !moved.has(partition));
  if (taken !== undefined) throw new PositionTaken(taken.partition, taken.from);
}

async function run(client: pg.Client, { statement, columns, rows }: BatchStatement): Promise<void> {
  const { rowCount } = await client.query({ ...statement, values: columns });
  if (rows !== undefined && rowCount !== rows) throw new ProjectionAltered(statement.name, rows, rowCount ?? 0);
}
