import {
  ProjectionUnavailable,
  type ProjectionBatch,
  type ProjectionPosition,
  type ProjectionStore,
} from '@millrace/runtime';
import { InMemoryProjectionStore } from '@millrace/runtime/testing';
import { logPartitions } from './brokers.ts';
import type { FaultPlan } from '../faults/fault-plan.ts';
import type { SimProcess } from './sim-process.ts';

/** Hears what became of the rows. */
export interface DatabaseWatch {
  /** Somebody asks for it. */
  committing(batch: ProjectionBatch): void;
  committed(batch: ProjectionBatch): void;
  /** Next offsets by partition. */
  rolledBack(stands: readonly number[]): void;
}

/** The database: rows, whether it answers, and what it forgets when it restarts. */
export class SimDatabase {
  readonly store = new InMemoryProjectionStore();
  isDown = false;
  readonly #watch: DatabaseWatch;

  constructor(watch: DatabaseWatch) {
    this.#watch = watch;
  }

  async commit(batch: ProjectionBatch): Promise<void> {
    this.#watch.committing(batch);
    await this.store.commit(batch);
    this.#watch.committed(batch);
  }

  /** It restarts and has lost its last commits, rows and positions together. */
  rewind(commits: number): void {
    this.store.rewind(commits);
    this.#watch.rolledBack(this.store.stands(logPartitions));
  }
}

/** One process's connection to the database. */
export class SimStore implements ProjectionStore {
  readonly #process: SimProcess;
  readonly #database: SimDatabase;
  readonly #faults: FaultPlan;

  constructor(process: SimProcess, database: SimDatabase, faults: FaultPlan) {
    this.#process = process;
    this.#database = database;
    this.#faults = faults;
  }

  async position(partition: number): Promise<ProjectionPosition> {
    return this.#process.ask('read position', () => {
      this.#assertUp();
      return this.#database.store.position(partition);
    });
  }

  commit(batch: ProjectionBatch): Promise<void> {
    const isRolledBack = this.#faults.strikes('store-rolled-back', 0.07);
    const isAnswered = !this.#faults.strikes('store-answer-lost', 0.07);
    return this.#process.ask('commit rows', async () => {
      this.#assertUp();
      if (isRolledBack) throw gone();
      await this.#database.commit(batch);
      if (!isAnswered) throw gone();
    });
  }

  #assertUp(): void {
    if (this.#database.isDown) throw gone();
  }
}

function gone(): ProjectionUnavailable {
  return new ProjectionUnavailable('Expected the database to answer, but it did not.');
}
